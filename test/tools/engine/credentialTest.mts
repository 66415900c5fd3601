import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	IDataObject,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { additionalDataFor } from './additionalData.mts';
import { workflowFrom, type Runtime } from './execution.mts';
import { lodash, n8nCore, n8nWorkflow } from './n8n.mts';

export interface CredentialTestResult {
	ok: boolean;
	/** What the credential dialog shows. */
	message: string;
}

const probeType = 'test-engine.credentialProbe';

/** Sends the credential's `test` request as n8n does: as the routing of a declarative node. */
export async function testCredential(
	runtime: Runtime,
	type: string,
	data: ICredentialDataDecryptedObject,
): Promise<CredentialTestResult> {
	const { test } = runtime.credentials.typeOf(type);
	if (!test) return failed('No testing function found for this credential.');

	const probe = probeFor(type, test);
	const workflow = workflowFrom(
		{
			nodes: [
				{ name: 'Probe', type: probeType, credentials: { [type]: { id: 'test', name: 'test' } } },
			],
			connections: {},
		},
		runtime.nodeTypes.with({ [probeType]: probe }),
	);
	const node = workflow.nodes.Probe;
	const context = new n8nCore.ExecuteContext(
		workflow,
		node,
		additionalDataFor(runtime.credentials),
		'internal',
		n8nWorkflow.createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);

	try {
		const output = await new n8nCore.RoutingNode(context, probe, {
			id: 'test',
			name: 'test',
			type,
			data: runtime.credentials.withDefaults(type, data),
		}).runNode();
		return resultOfResponse(test, output);
	} catch (error) {
		return resultOfError(test, error as RequestError);
	}
}

function probeFor(type: string, { request }: ICredentialTestRequest): INodeType {
	return {
		description: {
			displayName: 'Probe',
			name: 'credentialProbe',
			group: ['transform'],
			version: 1,
			description: 'Sends the test request of a credential',
			defaults: { name: 'Probe' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: type, required: true }],
			properties: [
				{ displayName: 'Probe', name: 'probe', type: 'string', default: '', routing: { request } },
			],
		},
	};
}

interface RequestError extends Error {
	cause?: { code?: string; response?: { status: number; statusText?: string } };
}

function resultOfError({ rules = [] }: ICredentialTestRequest, error: RequestError) {
	const response = error.cause?.response;
	if (!response) return failed(error.cause?.code ?? error.message);

	for (const rule of rules) {
		if (rule.type === 'responseCode' && rule.properties.value === response.status) {
			return failed(rule.properties.message);
		}
	}
	return failed(response.statusText || `Received HTTP status code: ${response.status}`);
}

function resultOfResponse(
	{ rules = [] }: ICredentialTestRequest,
	output: INodeExecutionData[][] | undefined,
) {
	const body: IDataObject = output?.[0]?.[0]?.json ?? {};
	for (const rule of rules) {
		if (rule.type !== 'responseSuccessBody') continue;
		if (lodash.get(body, rule.properties.key) === rule.properties.value) {
			return failed(rule.properties.message);
		}
	}
	return { ok: true, message: 'Connection successful!' };
}

const failed = (message: string): CredentialTestResult => ({ ok: false, message });
