const EMPTY = Buffer.alloc(0);

/** A GIF of one point: each number up to 2^24 gives a colour, and so a picture, of its own. */
export function tinyGif(colour: number, comment = ''): Buffer {
	return Buffer.concat([
		Buffer.from('GIF89a\x01\0\x01\0\x80\0\0', 'latin1'),
		Buffer.from([colour >> 16, colour >> 8, colour, 0, 0, 0]),
		comment
			? Buffer.from(`!\xfe${String.fromCharCode(comment.length)}${comment}\0`, 'latin1')
			: EMPTY,
		Buffer.from(',\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;', 'latin1'),
	]);
}
