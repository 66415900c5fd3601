import { textWidth } from './canvas';
import { drawable } from './strokeFont';

/** Cut to a width, with an ellipsis. */
export function fitted(text: string, size: number, width: number): string {
	if (textWidth(text, size) <= width) return text;
	let kept = '';
	for (const character of text) {
		if (kept !== '' && textWidth(`${kept}${character}…`, size) > width) break;
		kept += character;
	}
	return `${kept}…`;
}

/** Broken into lines between words; a word that is too long is cut. */
export function wrapped(text: string, size: number, width: number): string[] {
	const lines: string[] = [];
	for (const word of text.split(/\s+/)) {
		const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
		if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
		else lines.push(fitted(word, size, width));
	}
	return lines;
}

/** A name as it can be drawn; of a script that the picture lacks letters of, what is put instead. */
export function named(name: string, instead: string): string {
	const plain = drawable(name.replace(/\s+/g, ' ').trim());
	return plain === undefined || plain === '' ? instead : plain;
}

export function grouped(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
