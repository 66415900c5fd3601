import { request } from 'undici';
import { DEMO } from './emulator.mts';
import type { Emulator } from './emulator.mts';
import type { Message } from './message.mts';

export interface Reply {
	http: number;
	headers: Record<string, unknown>;
	/** The status code in the body. */
	code: number | string;
	details: string;
	json: Message;
}

export interface ClientOptions {
	token?: string;
	userId?: string;
	appId?: string;
}

/** Calls an emulator with undici, which shares no code with it. */
export class TestClient {
	readonly #emulator: Emulator;
	readonly #token: string;
	readonly #appPath: string;

	constructor(emulator: Emulator, options: ClientOptions = {}) {
		const { token = DEMO.pat, userId = DEMO.userId, appId = DEMO.appId } = options;
		this.#emulator = emulator;
		this.#token = token;
		this.#appPath = `/v2/users/${userId}/apps/${appId}`;
	}

	/** @param path from /v2, or, without that, inside the app */
	async send(method: string, path: string, body?: unknown): Promise<Reply> {
		const { http, headers, text } = await this.sendRaw(
			method,
			path,
			body === undefined ? undefined : JSON.stringify(body),
		);
		const json = JSON.parse(text) as Message;
		const { code, details } = json.status;
		return { http, headers, code, details, json };
	}

	async sendRaw(method: string, path: string, body?: string, signal?: AbortSignal) {
		const inApp = /^\/{1,2}v2/.test(path) ? path : `${this.#appPath}${path}`;
		const {
			statusCode,
			headers,
			body: answer,
		} = await request(`${this.#emulator.url}${inApp}`, {
			method: method as 'GET',
			headers: {
				...(this.#token && { authorization: `Key ${this.#token}` }),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body,
			signal,
		});
		return { http: statusCode, headers, text: await answer.text() };
	}

	get = (path: string) => this.send('GET', path);
	post = (path: string, body: unknown) => this.send('POST', path, body);
	patch = (path: string, body: unknown) => this.send('PATCH', path, body);
	delete = (path: string) => this.send('DELETE', path);

	/** Creates a model and starts a training of it; the version's ID. */
	async train(modelId: string, version: Message = VALID_TRAINING): Promise<string> {
		if (!this.#emulator.app().models.has(modelId)) this.#emulator.addModel(modelId);
		const { json } = await this.post(`/models/${modelId}/versions`, { model_versions: [version] });
		if (!json.model?.model_version) throw new Error(JSON.stringify(json.status));
		return json.model.model_version.id as string;
	}

	/** Starts a run of a pipeline template on the demo data; the whole answer. */
	async runTemplate(values: Record<string, string> = {}, more: Message = {}): Promise<Reply> {
		return await this.post(`/pipeline_templates/${PIPELINE_TEMPLATE}/pipeline_version_runs`, {
			nodepools: NODEPOOLS,
			input_args_override: overriding({ ...RUN_VALUES, ...values }),
			...more,
		});
	}

	async version(modelId: string, versionId: string): Promise<Message> {
		const { json } = await this.get(`/models/${modelId}/versions/${versionId}`);
		return json.model_version as Message;
	}
}

export const TEMPLATE = 'MMClassification_ResNet_50_RSB_A1';

export const PIPELINE_TEMPLATE = 'classifier-pipeline-resnet';

export const NODEPOOLS = [
	{ id: DEMO.nodepoolId, compute_cluster: { id: DEMO.computeClusterId, user_id: DEMO.userId } },
];

const RUN_VALUES = {
	user_id: DEMO.userId,
	app_id: DEMO.appId,
	model_id: 'piped',
	dataset_id: DEMO.datasetId,
	dataset_version_id: DEMO.datasetVersionId,
};

/** The form in which a run is given its values. */
export const overriding = (values: Record<string, string>) => ({
	argo_args_override: {
		parameters: Object.entries(values).map(([name, value]) => ({ name, value })),
	},
});

export const VALID_TRAINING = {
	train_info: { params: { template: TEMPLATE, num_epochs: 10 } },
	output_info: { data: { concepts: [{ id: 'ferrari' }, { id: 'outdoors' }] } },
};
