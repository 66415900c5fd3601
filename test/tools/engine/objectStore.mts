import { Readable } from 'node:stream';

export interface ObjectStoreOptions {
	/** How long each answer takes, by whatever time the test has; default not at all. */
	answer?: () => Promise<void>;
}

interface Stored {
	content: Buffer;
	fileName?: string;
	mimeType?: string;
}

/** A bucket in this process: what n8n's object store is to its binary data. */
export class ObjectStoreStandIn {
	readonly #objects = new Map<string, Stored>();

	constructor(private readonly options: ObjectStoreOptions = {}) {}

	get size() {
		return this.#objects.size;
	}

	async put(key: string, content: Buffer, metadata: Omit<Stored, 'content'>) {
		await this.options.answer?.();
		this.#objects.set(key, { ...metadata, content });
	}

	async get(key: string, { mode }: { mode: 'buffer' | 'stream' }): Promise<Buffer | Readable> {
		const { content } = await this.#find(key);
		return mode === 'buffer' ? Buffer.from(content) : Readable.from(content);
	}

	async getMetadata(key: string): Promise<Record<string, string>> {
		const { content, fileName, mimeType } = await this.#find(key);
		return {
			'content-length': String(content.length),
			...(mimeType && { 'content-type': mimeType }),
			...(fileName && { 'x-amz-meta-filename': fileName }),
		};
	}

	async deleteOne(key: string) {
		this.#objects.delete(key);
	}

	async deleteByKeys(keys: string[]) {
		for (const key of keys) this.#objects.delete(key);
	}

	async #find(key: string): Promise<Stored> {
		await this.options.answer?.();
		const found = this.#objects.get(key);
		if (!found) throw Object.assign(new Error(`no object ${key}`), { name: 'NoSuchKey' });
		return found;
	}
}
