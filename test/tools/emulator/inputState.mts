import { contentKey, mediumOf } from './content.mts';
import type { MediaKind } from './content.mts';
import type { Base64 } from './largeBase64.mts';
import { formatOf } from './mediaFormat.mts';
import type { Message } from './message.mts';
import type { TimedJob } from './training.mts';

/** The medium of a stored input. */
export interface StoredMedia {
	kind: MediaKind;
	/** See contentKey. */
	key: string;
	/** In bytes; 0 for media given by URL, which the emulator does not fetch. */
	size: number;
	/** Such as JPEG; undefined where it is unknown. */
	format?: string;
	url?: string;
	/** Only of what is small enough to be kept. */
	bytes?: Buffer;
}

export interface InputState {
	/**
	 * What is shown of the input, its data without the medium. Changes make a new message, so that whoever
	 * holds the old one, as dataset versions do, keeps the labels of that time.
	 */
	message: Message;
	readonly media: StoredMedia;
	processing: TimedJob;
	/** When a deleted input ceases to be seen. */
	goneAt?: number;
}

export function storeMedia(data: Message, keepBytesUpTo: number): StoredMedia {
	const { kind, message } = mediumOf(data)!;
	const { base64, url, raw } = message as { base64?: Base64; url?: string; raw?: string };
	const key = contentKey(data);
	if (base64 !== undefined && kind !== 'text') {
		const size = sizeOfBase64(base64);
		const isKept = size <= keepBytesUpTo && typeof base64 === 'string';
		const bytes = isKept ? Buffer.from(base64, 'base64') : undefined;
		return { kind, key, size, format: formatOf(kind, base64), bytes };
	}
	if (raw !== undefined) {
		const size = Buffer.byteLength(raw);
		const bytes = size <= keepBytesUpTo ? Buffer.from(raw) : undefined;
		return { kind, key, size, bytes };
	}
	return { kind, key, size: 0, url };
}

export function sizeOfBase64(base64: Base64) {
	return typeof base64 === 'string' ? Buffer.byteLength(base64, 'base64') : base64.size;
}

/** The inputs of an app. */
export class AppInputs {
	readonly #byId = new Map<string, InputState>();
	/** How many inputs have a URL. */
	readonly #urls = new Map<string, number>();
	#beingDeleted: InputState[] = [];

	get size() {
		return this.#byId.size;
	}

	get(id: string) {
		return this.#byId.get(id);
	}

	has(id: string) {
		return this.#byId.has(id);
	}

	hasUrl(url: string) {
		return this.#urls.has(url);
	}

	values(): InputState[] {
		return [...this.#byId.values()];
	}

	add(input: InputState) {
		this.#byId.set(input.message.id, input);
		this.#countUrl(input, 1);
	}

	clear() {
		this.#byId.clear();
		this.#urls.clear();
		this.#beingDeleted = [];
	}

	deleteLater(input: InputState, goneAt: number) {
		if (input.goneAt !== undefined) return;
		input.goneAt = goneAt;
		this.#beingDeleted.push(input);
	}

	/** Lets the inputs go whose deletion has come to its end. */
	settle(now: number): InputState[] {
		if (this.#beingDeleted.length === 0) return [];
		const gone = this.#beingDeleted.filter(({ goneAt }) => goneAt! <= now);
		this.#beingDeleted = this.#beingDeleted.filter(({ goneAt }) => goneAt! > now);
		for (const input of gone) {
			this.#byId.delete(input.message.id);
			this.#countUrl(input, -1);
		}
		return gone;
	}

	#countUrl({ media: { url } }: InputState, change: 1 | -1) {
		if (url === undefined) return;
		const count = (this.#urls.get(url) ?? 0) + change;
		if (count > 0) this.#urls.set(url, count);
		else this.#urls.delete(url);
	}
}
