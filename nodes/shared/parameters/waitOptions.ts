import type { INodeProperties } from 'n8n-workflow';
import type { WaitOptions } from '../api/jobs';
import type { ParameterReader } from './parameterReader';

/** The collection 'Wait Options', with what a node adds to it. */
export function waitProperties(
	{
		timeoutMinutes,
		pollSeconds,
		...shown
	}: Partial<INodeProperties> & {
		timeoutMinutes: number;
		pollSeconds: number;
	},
	timeoutDescription: string,
	...added: INodeProperties[]
): INodeProperties {
	return {
		displayName: 'Wait Options',
		name: 'waitOptions',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		...shown,
		options: [
			...added,
			{
				displayName: 'Poll Interval',
				name: 'pollIntervalSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: pollSeconds,
				description: 'Seconds between two looks. The first looks come sooner.',
			},
			{
				displayName: 'Timeout',
				name: 'timeoutMinutes',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: timeoutMinutes,
				description: timeoutDescription,
			},
		],
	};
}

/** How long to wait, and how often to look. */
export function waitOptions(parameters: ParameterReader): WaitOptions {
	return {
		timeoutMs: parameters.numberOrDefault('waitOptions.timeoutMinutes', { min: 0 }) * 60_000,
		pollIntervalMs:
			parameters.numberOrDefault('waitOptions.pollIntervalSeconds', { min: 1 }) * 1000,
	};
}
