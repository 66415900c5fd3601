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

interface Deployment {
	worker: { model: { model_version: { id: string } } };
}

/** The few things that the demo itself asks the API, apart from what the nodes do. */
export class Api {
	private readonly agent = new EnvHttpProxyAgent({
		noProxy: `${process.env.NO_PROXY ?? process.env.no_proxy ?? ''},127.0.0.1`,
	});

	private readonly user: string;

	private readonly app: string;

	constructor(private readonly target: Target) {
		this.user = `/v2/users/${encodeURIComponent(target.userId)}`;
		this.app = `${this.user}/apps/${encodeURIComponent(target.appId)}`;
	}

	async versionsOf(modelId: string): Promise<ModelVersion[]> {
		const body = await this.get(`${this.app}/models/${encodeURIComponent(modelId)}/versions`);
		return (body as { model_versions?: ModelVersion[] }).model_versions ?? [];
	}

	async defaultWorkflow(): Promise<string | undefined> {
		const { app } = (await this.get(this.app)) as { app?: App };
		return app?.default_workflow?.id || app?.default_workflow_id;
	}

	/** The version that a deployment of the user runs. */
	async deployedVersion(deploymentId: string): Promise<string> {
		const path = `${this.user}/deployments/${encodeURIComponent(deploymentId)}`;
		const { deployment } = (await this.get(path)) as { deployment: Deployment };
		return deployment.worker.model.model_version.id;
	}

	async close(): Promise<void> {
		await this.agent.close();
	}

	private async get(path: string): Promise<unknown> {
		const { baseUrl, accessToken } = this.target;
		const response = await fetch(new URL(path, baseUrl), {
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
