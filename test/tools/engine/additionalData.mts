import type { IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import type { EngineCredentials } from './credentials.mts';

const baseUrl = 'http://n8n.test';

const unsupported = (what: string) => async (): Promise<never> => {
	throw new Error(`The test engine does not run ${what}`);
};

/** What n8n's server hands to an execution, as far as n8n-core needs it. */
export function additionalDataFor(
	credentials: EngineCredentials,
	overrides: Partial<IWorkflowExecuteAdditionalData> = {},
): IWorkflowExecuteAdditionalData {
	return {
		credentialsHelper: credentials,
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: `${baseUrl}/rest`,
		instanceBaseUrl: `${baseUrl}/`,
		formBaseUrl: `${baseUrl}/form`,
		formWaitingBaseUrl: `${baseUrl}/form-waiting`,
		formTestBaseUrl: `${baseUrl}/form-test`,
		webhookBaseUrl: `${baseUrl}/webhook`,
		webhookWaitingBaseUrl: `${baseUrl}/webhook-waiting`,
		webhookTestBaseUrl: `${baseUrl}/webhook-test`,
		mcpBaseUrl: `${baseUrl}/mcp`,
		mcpTestBaseUrl: `${baseUrl}/mcp-test`,
		executeWorkflow: unsupported('sub-workflows'),
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		startRunnerTask: unsupported('task runners'),
		logAiEvent: () => {},
		...overrides,
	} as IWorkflowExecuteAdditionalData;
}
