import { Readable } from 'node:stream';
import type { n8nCore } from './n8n.mts';

type Service = InstanceType<typeof n8nCore.BinaryDataService>;
type Manager = Parameters<Service['setManager']>[1];
type Stored = Awaited<ReturnType<Manager['getMetadata']>> & { content: Buffer };

/**
 * A table of files in this process: what n8n's `DatabaseManager` is to its binary data. That one is in n8n
 * itself and not in n8n-core; its IDs are bare, its paths lead nowhere, and it reads files whole.
 */
export class DatabaseStandIn implements Manager {
	readonly #rows = new Map<string, Stored>();

	async init() {}

	async store(...[_location, body, metadata]: Parameters<Manager['store']>) {
		const content = Buffer.isBuffer(body) ? body : await wholeOf(body);
		const fileId = crypto.randomUUID();
		this.#rows.set(fileId, { ...metadata, fileSize: content.length, content });
		return { fileId, fileSize: content.length };
	}

	getPath(fileId: string) {
		return `database://${fileId}`;
	}

	async getAsBuffer(fileId: string) {
		return this.#find(fileId).content;
	}

	async getAsStream(fileId: string) {
		return Readable.from(this.#find(fileId).content);
	}

	async getMetadata(fileId: string) {
		const { content: _content, ...metadata } = this.#find(fileId);
		return metadata;
	}

	async copyByFileId(): Promise<never> {
		throw new Error('The stand-in copies no files');
	}

	async copyByFilePath(): Promise<never> {
		throw new Error('The stand-in copies no files');
	}

	async rename(oldFileId: string, newFileId: string) {
		this.#rows.set(newFileId, this.#find(oldFileId));
		this.#rows.delete(oldFileId);
	}

	#find(fileId: string) {
		const found = this.#rows.get(fileId);
		if (!found) throw new Error(`no file ${fileId} in the database`);
		return found;
	}
}

async function wholeOf(body: Readable): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of body) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
