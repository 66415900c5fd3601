import { randomBytes } from 'crypto';
import type { JsonObject } from '../clarifai/json';
import { base64Length, Body } from './body';
import { letGo, type Buffers } from './buffers';

/** A body with files in it, made anew for each request, when it leaves. */
export interface FileBody {
	/** Bytes of the files together, as far as they are known beforehand. */
	size: number;
	/** The body is in one of the buffers, which is to be given back once nobody reads it any more. */
	make(buffers: Buffers): Promise<Buffer>;
}

/** Reads a file; asked once for each request that carries it. */
export type ReadFile<Content = Buffer> = () => Promise<Content>;

/**
 * Gives the text to put into a body in place of a file's content: as base64, or as the text that it is.
 */
export type PlaceFile = (read: ReadFile, as?: 'base64' | 'text') => string;

/** Files of one body that are being read at once: a disk needs a few, a bucket is far away. */
const READ_AHEAD = 12;

/**
 * A JSON body whose files are read when it is made, and written into their places. No more than a few
 * files and the body itself are held at a time.
 */
export function fileBody(compose: (place: PlaceFile) => JsonObject, size: number): FileBody {
	return {
		size,
		async make(buffers) {
			const { texts, files } = withPlaces(compose);
			const [beginning, ...others] = texts;
			const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
			const body = new Body(buffers, textBytes + base64Length(size, files.length));
			body.writeText(beginning);
			let index = 0;
			for await (const content of readAhead(files.map(({ read }) => read))) {
				files[index].put(body, content);
				body.writeText(others[index++]);
			}
			return body.written();
		},
	};
}

interface PlacedFile {
	read: ReadFile;
	/** Writes the content, of which nothing is left afterwards. */
	put(this: void, body: Body, content: Buffer): void;
}

/** Stands for a file while JSON is composed; nobody else knows it. */
const MARK = randomBytes(12).toString('hex');

/** JSON with places for files: the texts before, between and behind these. */
export function withPlaces(compose: (place: PlaceFile) => JsonObject): {
	texts: string[];
	files: PlacedFile[];
} {
	const placed: PlacedFile[] = [];
	const json = JSON.stringify(
		compose((read, as = 'base64') => {
			placed.push({ read, put: as === 'text' ? putJsonText : putBase64 });
			return `${MARK}${placed.length - 1}${MARK}`;
		}),
	);
	const parts = json.split(MARK);
	return {
		texts: parts.filter((_part, index) => index % 2 === 0),
		files: parts.flatMap((part, index) => (index % 2 === 0 ? [] : [placed[Number(part)]])),
	};
}

function putBase64(body: Body, content: Buffer): void {
	body.writeBase64(content);
	letGo(content);
}

function putJsonText(body: Body, content: Buffer): void {
	body.writeJsonText(content);
	letGo(content);
}

/** The contents in the order of the files, of which the next ones are being read meanwhile. */
export async function* readAhead<Content>(
	reads: ReadonlyArray<ReadFile<Content>>,
): AsyncGenerator<Content, void> {
	const reading: Array<Promise<Content>> = [];
	for (const [index] of reads.entries()) {
		for (const read of reads.slice(index + reading.length, index + READ_AHEAD)) {
			const content = read();
			// One that fails after another is of no interest.
			content.catch(() => undefined);
			reading.push(content);
		}
		yield await reading.shift()!;
	}
}
