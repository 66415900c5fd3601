import { readFileSync } from 'node:fs';
import type { Message } from '../../emulator/message.mts';

/** Clarifai's own answers, as published. */
export function sample(name: string): Message {
	const url = new URL(`../../emulator/data/samples/${name}.json`, import.meta.url);
	return JSON.parse(readFileSync(url, 'utf8')) as Message;
}

/**
 * The paths of a sample that an answer does not have, or has with another type of value. Lists are
 * compared by what their entries have together.
 */
export function missingFrom(answer: unknown, expected: unknown, left: string[] = []): string[] {
	const had = pathsIn(answer);
	return [...pathsIn(expected)].filter(
		(path) => !had.has(path) && !left.some((one) => path.includes(one)),
	);
}

function pathsIn(value: unknown, path = ''): Set<string> {
	if (Array.isArray(value)) {
		return new Set(value.flatMap((one) => [...pathsIn(one, `${path}[]`)]));
	}
	if (typeof value !== 'object' || value === null) return new Set([`${path}: ${typeof value}`]);
	return new Set(
		Object.entries(value).flatMap(([key, one]) => [...pathsIn(one, path ? `${path}.${key}` : key)]),
	);
}
