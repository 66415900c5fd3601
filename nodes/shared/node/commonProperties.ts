import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { Access } from '../api/credential';
import { DEFAULT_LIMITS, type RequestLimits } from '../api/transport';
import { checkId, checkOptionalId, type AppScope } from '../clarifai/identifiers';
import { checkNumber, orDefault } from '../clarifai/values';

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const commonOptions: INodeProperties[] = [
	{
		displayName: 'App ID',
		name: 'appId',
		type: 'string',
		default: '',
		placeholder: 'e.g. my-app',
		description: 'The app to work in, instead of the one in the credential',
	},
	{
		displayName: 'Max Requests per Second',
		name: 'maxRequestsPerSecond',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 15,
		description:
			"How many requests this node may send in a second. Clarifai's limit is 15; lower it when other programs use the same account. 0 means no limit, for self-hosted platforms.",
	},
	{
		displayName: 'Request Timeout',
		name: 'requestTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description: 'How many seconds to wait for the answer to one request',
	},
	{
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		default: '',
		placeholder: 'e.g. my-user',
		description: 'The user or organization that owns the app, instead of the one in the credential',
	},
];

/** The 'Options' of every node, with what a node adds to them. */
export function optionsWith(...added: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...commonOptions, ...added].sort((a, b) =>
			a.displayName.localeCompare(b.displayName),
		),
	};
}

/**
 * How fast the node may send, and how long it waits for an answer.
 * @throws InputProblem
 */
export function limitsOf(options: IDataObject): RequestLimits {
	const { requestsPerSecond, timeoutMs } = DEFAULT_LIMITS;
	const rate = orDefault(options.maxRequestsPerSecond, requestsPerSecond);
	const timeout = orDefault(options.requestTimeoutSeconds, timeoutMs / 1000);
	return {
		requestsPerSecond: checkNumber(rate, 'Max Requests per Second', 0),
		timeoutMs: checkNumber(timeout, 'Request Timeout', 1) * 1000,
	};
}

/**
 * The user and the app to work in: those of 'Options', else of the credential.
 * @throws InputProblem
 */
export function scopeOf(options: IDataObject, home: Access['home']): AppScope {
	return {
		userId: checkOptionalId(options.userId, 'User ID') ?? checkId(home.userId, 'User ID'),
		appId: checkOptionalId(options.appId, 'App ID') ?? checkId(home.appId, 'App ID'),
	};
}
