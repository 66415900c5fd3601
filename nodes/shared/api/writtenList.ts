import type { JsonObject } from '../clarifai/json';
import { Body, type Part } from './body';
import type { Buffers } from './buffers';
import { withPlaces, type PlaceFile } from './fileBody';

/** Bytes for the fields beside the list. */
const OTHERS = 1000;

/** An entry that is in a list already, with the comma behind it. */
export interface WrittenEntry extends Part {
	list: WrittenList;
}

/**
 * The list of a request whose files have to be read before it is known which of them are sent: each is
 * written into its place in the body at once. The buffers in which files are read must not be kept:
 * letting many go at once takes the garbage collection longer than all the rest.
 */
export class WrittenList {
	private body: Body | undefined;
	private readonly beginning: string;

	/**
	 * @param key of the list in the request
	 * @param expected bytes of the entries, as far as they are known beforehand
	 */
	constructor(
		private readonly buffers: Buffers,
		key: string,
		private readonly expected: number,
	) {
		this.beginning = `{${JSON.stringify(key)}:[`;
	}

	/** @param content of the file, where the entry has one; nothing of it is left */
	write(
		compose: (place: PlaceFile) => JsonObject,
		content: Buffer = Buffer.alloc(0),
	): WrittenEntry {
		const body = (this.body ??= this.begin());
		const start = body.length;
		const { texts, files } = withPlaces(compose);
		texts.forEach((text, index) => {
			body.writeText(text);
			files[index]?.put(body, content);
		});
		body.writeText(',');
		return { list: this, start, end: body.length };
	}

	/**
	 * The body of a request with some of the entries, in the order in which they were written. The list is
	 * used up by it.
	 * @param others the fields of the request beside the list
	 */
	toBody(entries: readonly WrittenEntry[], others: JsonObject): Buffer {
		const body = this.body!;
		this.body = undefined;
		const last = entries[entries.length - 1];
		body.keepOnly(this.beginning.length, [
			...entries.slice(0, -1),
			{ start: last.start, end: last.end - 1 },
		]);
		body.writeText(`],${JSON.stringify(others).slice(1)}`);
		return body.written();
	}

	/** When nothing of it is sent any more. */
	giveBack(): void {
		this.body?.giveBack();
		this.body = undefined;
	}

	private begin(): Body {
		const body = new Body(this.buffers, this.beginning.length + this.expected + OTHERS);
		body.writeText(this.beginning);
		return body;
	}
}
