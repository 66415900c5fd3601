import { StatusCode } from '../clarifai/statusCodes';
import type { FailureFacts, UnknownWrite } from '../api/failures';

const CHECK_OWNER =
	"Check 'User ID' and 'App ID' in the credential (or in 'Options'): the resource must belong to that user and app, and the token must be allowed to use it.";
const NEEDS_PAT =
	'This step needs a Personal Access Token; an app API key cannot do it. Create a token under Settings > Secrets in Clarifai and put it into the credential.';
const CHECK_NETWORK =
	"Check 'Base URL' in the credential, and the network, proxy and firewall of the machine that n8n runs on.";
const TOKEN =
	"Check 'Access Token' in the credential: copy it again from Settings > Secrets in Clarifai, without spaces. 'User ID' and 'App ID' must be its owner's.";
const WORKFLOW =
	"Check the workflow's nodes: each model and version must exist, be trained, and take what the node before it puts out.";
const PIPELINE =
	"Check the hyperparameters, the dataset and the nodepool; 'Clarifai List Templates' shows what the pipeline template takes.";

const CERTIFICATE =
	"A self-hosted platform with a certificate of its own: give n8n its authority with the environment variable NODE_EXTRA_CA_CERTS, or turn on 'Ignore SSL Issues (Insecure)' in the credential.";
const REFUSED_BY_N8N =
	"n8n itself did not send the request: check 'Allowed HTTP Request Domains' in the credential, and n8n's protection against requests to internal addresses (N8N_SSRF_ALLOWED_HOSTNAMES).";
const COMPUTE =
	"Pick the compute cluster and the nodepool from their lists; both must exist and belong together, and the token's owner must be allowed to use them.";
const DEPLOYMENT =
	"Check the deployment's ID and its owner. Clarifai Deploy Model makes deployments; a disabled one is enabled in Clarifai's portal.";

const AGAIN_LATER =
	'Clarifai asked to try again, and several tries did not help. Run the workflow again later.';

const MODEL_EXISTS = "Choose another 'Model ID', or set 'If Model Exists' to Reuse.";
const WORKFLOW_EXISTS =
	"Choose another 'Workflow ID', or set 'If Workflow Exists' to Reuse or Update.";

const REMEDIES: ReadonlyMap<number, string> = new Map<number, string>([
	[
		StatusCode.CONN_ACCOUNT_ISSUES,
		"Clarifai reports an issue with the account: check its plan and payment in Clarifai's portal.",
	],
	[StatusCode.CONN_TOKEN_INVALID, TOKEN],
	[StatusCode.CONN_CREDENTIALS_INVALID, TOKEN],
	[StatusCode.CONN_KEY_INVALID, TOKEN],
	[StatusCode.CONN_KEY_NOT_FOUND, TOKEN],
	[
		StatusCode.CONN_AUTH_METHOD_DISABLED,
		'The account does not allow this way of signing in. Ask the owner of the organization.',
	],
	[
		StatusCode.CONN_INSUFFICIENT_SCOPES,
		'The token lacks a scope for this step. Edit its scopes under Settings > Secrets in Clarifai; the README lists the scopes each node needs.',
	],
	[
		StatusCode.CONN_THROTTLED,
		"Clarifai allows 15 requests a second. Lower 'Max Requests per Second' in 'Options', also where other programs use the same account.",
	],
	[
		StatusCode.CONN_EXCEED_HOURLY_LIMIT,
		"The account's hourly limit is used up. Run the workflow again later.",
	],
	[
		StatusCode.CONN_EXCEED_MONTHLY_LIMIT,
		"The account's monthly limit is used up. Raise it in Clarifai's portal, or wait for the next month.",
	],
	[
		StatusCode.CONN_EXCEEDS_LIMITS,
		"The account's plan does not allow more of this. Check the plan's limits in Clarifai's portal.",
	],
	[StatusCode.CONN_DOES_NOT_EXIST, CHECK_OWNER],
	[
		StatusCode.MODEL_DOES_NOT_EXIST,
		`The model or the version is missing. ${CHECK_OWNER} A model can be picked from the list.`,
	],
	[StatusCode.MODEL_PERMISSION_DENIED, CHECK_OWNER],
	[
		StatusCode.MODEL_NOT_DEPLOYED,
		'Nothing runs this model: a model that a pipeline has trained answers through a deployment alone. Make one with Clarifai Deploy Model, which needs a nodepool and costs money while it runs.',
	],
	[
		StatusCode.MODEL_INVALID_ARGUMENT,
		"Check the model type, the template and the hyperparameters; 'Clarifai List Templates' shows what this platform knows.",
	],
	[
		StatusCode.MODEL_INVALID_REQUEST,
		"Check the model type, the template and the hyperparameters; 'Clarifai List Templates' shows what this platform knows.",
	],
	[
		StatusCode.WORKFLOW_REQUIRE_TRAINED_MODEL,
		"Turn on 'Wait for Completion' in Clarifai Train, or use Train → Wait → Clarifai Training Status before this step.",
	],
	[StatusCode.WORKFLOW_DUPLICATE, WORKFLOW_EXISTS],
	[
		StatusCode.WORKFLOW_DOES_NOT_EXIST,
		`The workflow is missing. ${CHECK_OWNER} A workflow can be picked from the list.`,
	],
	[StatusCode.WORKFLOW_PERMISSION_DENIED, CHECK_OWNER],
	[StatusCode.WORKFLOW_INVALID_ARGUMENT, WORKFLOW],
	[StatusCode.WORKFLOW_INVALID_RECIPE, WORKFLOW],
	[StatusCode.WORKFLOW_INVALID_TEMPLATE, WORKFLOW],
	[StatusCode.WORKFLOW_INVALID_GRAPH, WORKFLOW],
	[StatusCode.WORKFLOW_INVALID_REQUEST, WORKFLOW],
	[
		StatusCode.WORKFLOW_REINDEX_FAILED,
		"The default workflow was changed, but the app's inputs were not indexed again. Start the reindexing in Clarifai's portal.",
	],
	[
		StatusCode.PIPELINE_DOES_NOT_EXIST,
		`The pipeline, the run or the template is missing. ${CHECK_OWNER} 'Clarifai List Templates' shows the pipeline templates that there are.`,
	],
	[StatusCode.PIPELINE_INVALID_ARGUMENT, PIPELINE],
	[StatusCode.PIPELINE_INVALID_REQUEST, PIPELINE],
	[StatusCode.NODEPOOL_DOES_NOT_EXIST, COMPUTE],
	[StatusCode.NODEPOOL_INVALID_ARGUMENT, COMPUTE],
	[StatusCode.NODEPOOL_INVALID_REQUEST, COMPUTE],
	[StatusCode.COMPUTE_CLUSTER_DOES_NOT_EXIST, COMPUTE],
	[StatusCode.COMPUTE_CLUSTER_INVALID_ARGUMENT, COMPUTE],
	[StatusCode.COMPUTE_CLUSTER_INVALID_REQUEST, COMPUTE],
	[StatusCode.DEPLOYMENT_DOES_NOT_EXIST, DEPLOYMENT],
	[StatusCode.DEPLOYMENT_INVALID_ARGUMENT, DEPLOYMENT],
	[StatusCode.DEPLOYMENT_INVALID_REQUEST, DEPLOYMENT],
	[StatusCode.DEPLOYMENT_DISABLED, DEPLOYMENT],
	[StatusCode.DATABASE_DUPLICATE_KEY, 'Choose another ID.'],
	[
		StatusCode.RPC_MAX_MESSAGE_SIZE_EXCEEDED,
		'The request is too large. Send fewer or smaller values.',
	],
	[StatusCode.TRY_AGAIN, AGAIN_LATER],
	[StatusCode.MODEL_BUSY_PLEASE_RETRY, AGAIN_LATER],
	[StatusCode.MODEL_LOADING, AGAIN_LATER],
]);

/** What a user can do about a failed call, in one or two sentences. */
export function remedyFor(facts: FailureFacts): string {
	const { code, httpStatus, kind, unreadable, unknownWrite, untrusted, call } = facts;
	if (unknownWrite !== undefined) {
		const reason = remedyFor({ ...facts, unknownWrite: undefined });
		return `${mayBeDone(unknownWrite)} ${kind === 'unclear' ? '' : reason}`.trim();
	}
	if (untrusted === 'certificate') return CERTIFICATE;
	if (untrusted === 'n8n') return REFUSED_BY_N8N;
	if (kind === 'unreachable' || (kind === 'refused' && unreadable)) return CHECK_NETWORK;
	if (call.patOnly && isAboutAuthorization(facts)) return NEEDS_PAT;
	if (code === StatusCode.DATABASE_DUPLICATE_KEY && call.path.at(-1) === 'models')
		return MODEL_EXISTS;
	if (code === StatusCode.DATABASE_DUPLICATE_KEY && call.path.at(-1) === 'workflows')
		return WORKFLOW_EXISTS;
	const known = code === undefined ? undefined : REMEDIES.get(code);
	if (known) return known;
	if (kind === 'cancelled') return 'The execution was stopped.';
	if (httpStatus !== undefined && httpStatus >= 300 && httpStatus < 400) return CHECK_NETWORK;
	if (kind === 'unclear') {
		const check = unreadable ? `${CHECK_NETWORK} See also` : 'Check';
		return `Several tries did not help. ${check} https://status.clarifai.com, then run the workflow again later.`;
	}
	if (kind === 'busy') return AGAIN_LATER;
	if (kind === 'throttled') return REMEDIES.get(StatusCode.CONN_THROTTLED) as string;
	if (httpStatus === 401) return TOKEN;
	if (httpStatus === 403) return REMEDIES.get(StatusCode.CONN_INSUFFICIENT_SCOPES) as string;
	if (httpStatus === 404) return CHECK_OWNER;
	return "Check the parameters of this node. If Clarifai's message does not help, give Clarifai the request ID.";
}

function mayBeDone({ what, sentAt, where, candidates }: UnknownWrite): string {
	const found =
		candidates.length > 0 ? ` It may be one of these: ${candidates.slice(0, 10).join(', ')}.` : '';
	return `Clarifai gave no readable answer to ${what}, sent at ${sentAt}, and it cannot be told whether it was carried out; it was not sent again.${found} Look at ${where} before you run the workflow again.`;
}

function isAboutAuthorization({ code, httpStatus }: FailureFacts): boolean {
	return (
		httpStatus === 401 ||
		httpStatus === 403 ||
		code === StatusCode.CONN_INSUFFICIENT_SCOPES ||
		code === StatusCode.CONN_KEY_INVALID ||
		code === StatusCode.CONN_AUTH_METHOD_DISABLED
	);
}
