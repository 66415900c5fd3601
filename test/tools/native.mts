import { createRequire } from 'node:module';

/** What jest's environment gives tests of the process that runs them: see nativeEnvironment.cjs. */
interface OfProcess {
	nativeRequire?: NodeJS.Require;
	nativeMath?: Math;
	kept?: Map<string, unknown>;
}

const ofProcess = globalThis as OfProcess;

/** Node's own require, also in a test, where jest would load a module once more for each file. */
export const nativeRequire = ofProcess.nativeRequire ?? createRequire(import.meta.url);

/** The `Math` of what is loaded natively: a test has one of its own, whose chance is not theirs. */
export const nativeMath = ofProcess.nativeMath ?? Math;

const kept = ofProcess.kept ?? new Map<string, unknown>();

/** Makes a thing that never changes once for a process, not once for each file of tests. */
export function once<T>(name: string, make: () => T): T {
	if (!kept.has(name)) kept.set(name, make());
	return kept.get(name) as T;
}
