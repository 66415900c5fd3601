import { EnvHttpProxyAgent, fetch } from 'undici';
import type { Target } from './target.mts';

interface Status {
	code: number;
	description?: string;
	details?: string;
	percent_completed?: number;
}

export interface ModelVersion {
	id: string;
	status: Status;
}

interface App {
	default_workflow_id?: string;
	default_workflow?: { id?: string };
}

/** The few things that the demo itself asks the API, apart from what the nodes do. */
export class Api {
	private readonly agent = new EnvHttpProxyAgent({
		noProxy: `${process.env.NO_PROXY ?? process.env.no_proxy ?? ''},127.0.0.1`,
	});

	constructor(private readonly target: Target) {}

	async versionsOf(modelId: string): Promise<ModelVersion[]> {
		const body = await this.get(`/models/${encodeURIComponent(modelId)}/versions`);
		return (body as { model_versions?: ModelVersion[] }).model_versions ?? [];
	}

	async defaultWorkflow(): Promise<string | undefined> {
		const { app } = (await this.get('')) as { app?: App };
		return app?.default_workflow?.id || app?.default_workflow_id;
	}

	async close(): Promise<void> {
		await this.agent.close();
	}

	private async get(path: string): Promise<unknown> {
		const { baseUrl, userId, appId, accessToken } = this.target;
		const app = `/v2/users/${encodeURIComponent(userId)}/apps/${encodeURIComponent(appId)}`;
		const response = await fetch(new URL(`${app}${path}`, baseUrl), {
			headers: { Authorization: `Key ${accessToken}` },
			dispatcher: this.agent,
		});
		const body = (await response.json()) as { status?: Status };
		if (!response.ok) {
			throw new Error(`HTTP ${response.status}: ${body.status?.description ?? 'no reason given'}`);
		}
		return body;
	}
}
