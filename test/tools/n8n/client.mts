import { setTimeout as delay } from 'node:timers/promises';
import type {
	ExecutionStatus,
	IConnections,
	INode,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	INodeTypeDescription,
	INodeCredentialTestResult,
	IRunExecutionData,
	IWorkflowSettings,
	ResourceMapperFields,
} from 'n8n-workflow';
import { fetch, type Response } from 'undici';
import { parseFlatted } from './flatted.mts';

export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

export interface WorkflowContent {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: Record<string, INodeExecutionData[]>;
	meta?: Record<string, unknown>;
}

export interface StoredWorkflow extends WorkflowContent {
	id: string;
	active: boolean;
	versionId: string;
}

export interface CredentialReference {
	id: string;
	name: string;
	type: string;
}

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: string;
	startedAt: string;
	stoppedAt?: string;
}

export interface Execution extends ExecutionSummary {
	data: IRunExecutionData;
}

/** What the editor sends when it fills a list or a form of a node. */
export interface DynamicRequest {
	nodeType: string;
	typeVersion?: number;
	path: string;
	methodName: string;
	parameters?: INodeParameters;
	credential?: CredentialReference;
	filter?: string;
	paginationToken?: string;
}

export class N8nError extends Error {
	constructor(
		message: string,
		readonly status: number,
		readonly body: unknown,
	) {
		super(message);
	}
}

const ENDED: ExecutionStatus[] = ['success', 'error', 'canceled', 'crashed'];

/** n8n's REST API as its editor uses it, logged in with a cookie. */
export class N8nClient {
	private cookie = '';

	constructor(readonly url: string) {}

	async setUpOwner(owner: Owner) {
		await this.rest('POST', '/owner/setup', owner);
	}

	async logIn({ email, password }: Pick<Owner, 'email' | 'password'>) {
		await this.rest('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	async hasOwner(): Promise<boolean> {
		const settings = await this.rest<{ userManagement: { showSetupOnFirstLoad: boolean } }>(
			'GET',
			'/settings',
		);
		return !settings.userManagement.showSetupOnFirstLoad;
	}

	/** Every loaded node type, with the variants that n8n generates for AI agents. */
	async nodeTypes(): Promise<INodeTypeDescription[]> {
		return (await this.get('/types/nodes.json')).json() as Promise<INodeTypeDescription[]>;
	}

	async get(path: string): Promise<Response> {
		return await this.send('GET', path);
	}

	async credentials(): Promise<CredentialReference[]> {
		return await this.rest('GET', '/credentials');
	}

	async createCredential(credential: {
		name: string;
		type: string;
		data: Record<string, unknown>;
	}): Promise<CredentialReference> {
		const { id, name, type } = await this.rest<CredentialReference>(
			'POST',
			'/credentials',
			credential,
		);
		return { id, name, type };
	}

	async updateCredential(
		{ id, name, type }: CredentialReference,
		data: Record<string, string>,
	): Promise<CredentialReference> {
		await this.rest('PATCH', `/credentials/${id}`, { name, type, data });
		return { id, name, type };
	}

	/** Tests the stored values, with `changes` in place of some of them, as the editor does before it saves. */
	async testCredential(
		credential: CredentialReference,
		changes: Record<string, string> = {},
	): Promise<INodeCredentialTestResult> {
		const stored = await this.rest<{ data: Record<string, string> }>(
			'GET',
			`/credentials/${credential.id}?includeData=true`,
		);
		return await this.rest('POST', '/credentials/test', {
			credentials: { ...credential, data: { ...stored.data, ...changes } },
		});
	}

	async listResults(request: DynamicRequest): Promise<INodeListSearchResult> {
		return await this.dynamic('resource-locator-results', request);
	}

	async loadOptions(request: DynamicRequest): Promise<INodePropertyOptions[]> {
		return await this.dynamic('options', request);
	}

	async mapperFields(request: DynamicRequest): Promise<ResourceMapperFields> {
		return await this.dynamic('resource-mapper-fields', request);
	}

	async workflows(): Promise<Array<Pick<StoredWorkflow, 'id' | 'name' | 'active'>>> {
		return await this.rest('GET', '/workflows');
	}

	async createWorkflow(workflow: WorkflowContent): Promise<StoredWorkflow> {
		return await this.rest('POST', '/workflows', {
			settings: { executionOrder: 'v1' },
			...workflow,
		});
	}

	async workflow(id: string): Promise<StoredWorkflow> {
		return await this.rest('GET', `/workflows/${id}`);
	}

	async updateWorkflow(id: string, changes: Partial<WorkflowContent>): Promise<StoredWorkflow> {
		return await this.rest('PATCH', `/workflows/${id}`, changes);
	}

	async activateWorkflow({ id, versionId }: StoredWorkflow): Promise<StoredWorkflow> {
		return await this.rest('POST', `/workflows/${id}/activate`, { versionId });
	}

	async deactivateWorkflow(id: string): Promise<StoredWorkflow> {
		return await this.rest('POST', `/workflows/${id}/deactivate`, {});
	}

	/** n8n deletes only archived workflows. */
	async deleteWorkflow(id: string) {
		await this.rest('POST', `/workflows/${id}/archive`, {});
		await this.rest('DELETE', `/workflows/${id}`);
	}

	/** Starts a workflow as the editor's button does; returns the execution's ID. */
	async runWorkflow(id: string, triggerName: string): Promise<string> {
		const started = await this.rest<{ executionId?: string }>('POST', `/workflows/${id}/run`, {
			triggerToStartFrom: { name: triggerName },
		});
		if (!started.executionId) {
			throw new Error(`Workflow ${id} waits for a webhook of "${triggerName}" instead of running`);
		}
		return started.executionId;
	}

	/** Runs a workflow and waits until it has ended. */
	async runToEnd(id: string, triggerName: string, timeoutMs = 60_000): Promise<Execution> {
		return await this.executionEnd(await this.runWorkflow(id, triggerName), timeoutMs);
	}

	async execution(id: string): Promise<Execution> {
		const { data, ...summary } = await this.rest<ExecutionSummary & { data: string }>(
			'GET',
			`/executions/${id}`,
		);
		return { ...summary, data: parseFlatted<IRunExecutionData>(data) };
	}

	async executionEnd(id: string, timeoutMs = 60_000): Promise<Execution> {
		return await this.executionWhen(id, ({ status }) => ENDED.includes(status), timeoutMs);
	}

	async executionWhen(
		id: string,
		wanted: (execution: Execution) => boolean,
		timeoutMs = 60_000,
	): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const execution = await this.execution(id).catch((error: unknown) => {
				// Some versions of n8n answer so while an execution has no data yet.
				if (!(error instanceof N8nError) || error.status !== 500 || Date.now() > deadline)
					throw error;
				return undefined;
			});
			if (execution && wanted(execution)) return execution;
			if (execution && Date.now() > deadline) {
				const last = execution.data.resultData?.lastNodeExecuted ?? 'none';
				throw new Error(
					`Execution ${id} is still "${execution.status}" after ${timeoutMs / 1000} seconds (last node: ${last})`,
				);
			}
			await delay(150);
		}
	}

	async executions(workflowId: string, limit = 50): Promise<ExecutionSummary[]> {
		const query = new URLSearchParams({
			filter: JSON.stringify({ workflowId }),
			limit: String(limit),
		});
		return (await this.rest<{ results: ExecutionSummary[] }>('GET', `/executions?${query}`))
			.results;
	}

	async stopExecution(id: string) {
		await this.rest('POST', `/executions/${id}/stop`);
	}

	private async dynamic<T>(endpoint: string, request: DynamicRequest): Promise<T> {
		const { credential } = request;
		return await this.rest('POST', `/dynamic-node-parameters/${endpoint}`, {
			path: request.path,
			methodName: request.methodName,
			nodeTypeAndVersion: { name: request.nodeType, version: request.typeVersion ?? 1 },
			currentNodeParameters: request.parameters ?? {},
			credentials: credential && {
				[credential.type]: { id: credential.id, name: credential.name },
			},
			filter: request.filter,
			paginationToken: request.paginationToken,
		});
	}

	private async rest<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.send(method, `/rest${path}`, body);
		return ((await response.json()) as { data: T }).data;
	}

	private async send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(this.url + path, {
			method,
			headers: {
				...(this.cookie && { cookie: this.cookie }),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(60_000),
		});
		if (!response.ok) {
			const text = await response.text();
			throw new N8nError(
				`n8n answered ${method} ${path} with ${response.status}: ${text.slice(0, 1_000)}`,
				response.status,
				text,
			);
		}
		for (const cookie of response.headers.getSetCookie()) {
			if (cookie.startsWith('n8n-auth=')) this.cookie = cookie.split(';')[0];
		}
		return response;
	}
}
