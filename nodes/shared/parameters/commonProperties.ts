import type { INodeProperties } from 'n8n-workflow';
import type { Access } from '../api/credential';
import { DEFAULT_LIMITS, type RequestLimits } from '../api/transport';
import type { AppScope } from '../clarifai/identifiers';
import { checkId } from './ids';
import type { ParameterReader } from './parameterReader';

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
			"How many requests this node may send in a second, for all items together: the first item's value counts. Clarifai's limit is 15; lower it when other programs use the same account. 0 means no limit, for self-hosted platforms.",
	},
	{
		displayName: 'Request Timeout',
		name: 'requestTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			"How many seconds to wait for the answer to one request. The first item's value counts for all.",
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

/** How fast the node may send, and how long it waits for an answer. */
export function limitsOf(parameters: ParameterReader): RequestLimits {
	const rate = parameters.number('options.maxRequestsPerSecond', { min: 0 });
	const timeout = parameters.number('options.requestTimeoutSeconds', { min: 1 });
	return {
		requestsPerSecond: rate ?? DEFAULT_LIMITS.requestsPerSecond,
		timeoutMs: timeout === undefined ? DEFAULT_LIMITS.timeoutMs : timeout * 1000,
	};
}

/** The user and the app to work in: those of 'Options', else of the credential. */
export function scopeOf(parameters: ParameterReader, home: Access['home']): AppScope {
	const ofCredential = (value: unknown, label: string) =>
		parameters.attempt(() => checkId(value, label), '');
	return {
		userId: parameters.optionalId('options.userId') ?? ofCredential(home.userId, 'User ID'),
		appId: parameters.optionalId('options.appId') ?? ofCredential(home.appId, 'App ID'),
	};
}
