import type { IBinaryData } from 'n8n-workflow';
import { DatabaseStandIn } from './databaseStandIn.mts';
import { Container, n8nCore, S3ByteStore } from './n8n.mts';
import { ObjectStoreStandIn, type ObjectStoreOptions } from './objectStore.mts';

/** Where n8n keeps the files of executions: in the items themselves, on disk, in a bucket, or in its database. */
export type BinaryDataMode = 'memory' | 'filesystem' | 's3' | 'database';

export interface BinaryDataOptions extends ObjectStoreOptions {
	mode: BinaryDataMode;
}

type Service = InstanceType<typeof n8nCore.BinaryDataService>;

/** n8n's own binary data, in one of its modes, until it is given back. */
export class BinaryData {
	readonly store: ObjectStoreStandIn;
	readonly #service: Service = Container.get(n8nCore.BinaryDataService);
	readonly #reader = this.#service.getAsBuffer;

	private constructor(readonly options: BinaryDataOptions) {
		this.store = new ObjectStoreStandIn(options);
	}

	static async use(options: BinaryDataOptions): Promise<BinaryData> {
		const data = new BinaryData(options);
		await data.#begin();
		return data;
	}

	async #begin() {
		const { config } = this.#inner;
		const { mode } = this.options;
		config.mode = mode === 'memory' ? 'default' : mode;
		await this.#service.init();
		if (mode === 's3') {
			const bytes = new S3ByteStore(this.store as never);
			const reporter = { error() {}, warn() {} } as never;
			this.#service.setManager('s3', new n8nCore.BinaryDataBlobManager(bytes, reporter));
		}
		if (mode === 'database') this.#service.setManager('database', new DatabaseStandIn());
	}

	/** Back to the mode that n8n-core has without a set-up: in memory. */
	end() {
		this.#inner.config.mode = 'default';
		this.#inner.mode = 'default';
		this.#service.getAsBuffer = this.#reader;
	}

	get #inner() {
		return this.#service as unknown as { config: { mode: string }; mode: string };
	}

	/** Keeps a file as a node before would have. */
	async file(content: Buffer, { fileName, mimeType }: Partial<IBinaryData>): Promise<IBinaryData> {
		const location = { type: 'execution', workflowId: 'test', executionId: 'before' } as const;
		const file: IBinaryData = { data: '', mimeType: mimeType ?? 'image/png', fileName };
		return await this.#service.store(location, content, file);
	}

	/** What is behind a file that a node has put out. */
	async read(file: IBinaryData): Promise<Buffer> {
		return await this.#reader.call(this.#service, file);
	}

	/** Is told of each file that a node reads. */
	onRead(told: (file: IBinaryData) => void) {
		this.#service.getAsBuffer = async (file: IBinaryData) => {
			told(file);
			return await this.#reader.call(this.#service, file);
		};
	}
}
