import { setSafeRegexEngine } from 'n8n-workflow';

/**
 * n8n gives each regular expression of a node's description 250 ms of real time, which a computer with
 * other things to do may need for none at all: tests would fail now and then.
 */
export function useRegularExpressionsWithoutTimeout(): void {
	setSafeRegexEngine({
		exec: (pattern, input, flags) => new RegExp(pattern, flags).exec(input),
		test: (pattern, input, flags) => new RegExp(pattern, flags).test(input),
		replace: (pattern, input, flags, replacement) =>
			input.replace(new RegExp(pattern, flags), replacement),
		matchAll: (pattern, input, flags = '') => [
			...input.matchAll(new RegExp(pattern, flags.includes('g') ? flags : `${flags}g`)),
		],
		split: (pattern, input, flags) => input.split(new RegExp(pattern, flags)),
	});
}
