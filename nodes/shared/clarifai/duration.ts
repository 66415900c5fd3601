import { isObject, numberAt } from './json';

/**
 * Seconds in a protobuf Duration: "308s" in proto3 JSON, and 308 or {"seconds": 308} as other
 * samples of Clarifai's show it.
 */
export function durationSeconds(value: unknown): number | undefined {
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	if (typeof value === 'string') {
		const match = /^(\d+(?:\.\d+)?)s?$/.exec(value.trim());
		return match ? Number(match[1]) : undefined;
	}
	if (!isObject(value)) return undefined;
	return (numberAt(value, 'seconds') ?? 0) + (numberAt(value, 'nanos') ?? 0) / 1e9;
}
