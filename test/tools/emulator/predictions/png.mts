import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const COLOR_TYPES = { gray: 0, rgb: 2 } as const;

/** A PNG of 8 bits a channel, as base64. `pixels` has the rows one after the other. */
export function pngBase64(width: number, pixels: Buffer, color: keyof typeof COLOR_TYPES): string {
	const rowLength = width * (color === 'rgb' ? 3 : 1);
	const height = pixels.length / rowLength;
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, COLOR_TYPES[color]], 8);
	// Each row begins with the number of its filter: none.
	const rows = Array.from({ length: height }, (_none, row) =>
		Buffer.concat([Buffer.from([0]), pixels.subarray(row * rowLength, (row + 1) * rowLength)]),
	);
	return Buffer.concat([
		SIGNATURE,
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(Buffer.concat(rows))),
		chunk('IEND', Buffer.alloc(0)),
	]).toString('base64');
}

function chunk(type: string, content: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type), content]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(content.length);
	const checksum = Buffer.alloc(4);
	checksum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, checksum]);
}
