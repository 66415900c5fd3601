import { inApp, type Call } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { time } from '../shared/api/time';
import { portalUrl, type AppScope } from '../shared/clarifai/identifiers';
import type { Input } from '../shared/clarifai/inputs';
import { StatusCode } from '../shared/clarifai/statusCodes';
import { InputProblem } from '../shared/parameters/problems';

/** What Clarifai has against one input, from the status that the answer gives it. */
export function refusal(input: Input, method: Call['method'], scope: AppScope): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'refused',
		message: input.statusDescription,
		details: input.statusDetails,
		code: input.statusCode,
		call: { method, path: inApp(scope, 'inputs') },
	});
}

/** A failure that says nothing of the input itself, after it was sent: it may be there or not. */
export function mayBeAdded(
	id: string,
	scope: AppScope,
	{ facts }: ClarifaiFailure,
): ClarifaiFailure {
	return new ClarifaiFailure({
		...facts,
		kind: 'unclear',
		unknownWrite: {
			what: `adding input "${id}"`,
			where: `the inputs of the app, ${portalUrl(scope, 'inputs')}`,
			sentAt: new Date(time.date()).toISOString(),
			candidates: [],
		},
	});
}

/** An input that Clarifai has taken and could not read. */
export function unreadable(
	inputId: string,
	input: Pick<Input, 'statusCode' | 'statusDescription' | 'statusDetails'>,
	scope: AppScope,
): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'refused',
		message: `Clarifai could not read input "${inputId}": ${input.statusDescription}`,
		details: input.statusDetails,
		code: input.statusCode,
		call: { method: 'GET', path: inApp(scope, 'inputs', inputId) },
	});
}

/** A batch is followed as one; each item has to name what is in the app already. */
export function notFollowed(inputId: string, error: unknown): unknown {
	if (!(error instanceof ClarifaiFailure)) return error;
	const { message } = error.facts;
	return new ClarifaiFailure({
		...error.facts,
		message: `Input "${inputId}" is in the app. ${message}`,
	});
}

/**
 * The numeric code of a duplicate ID is not established, and may be the one of duplicate URLs: the words
 * are what clarifai-python goes by.
 */
export function isDuplicateId({ statusDetails = '', statusDescription }: Input): boolean {
	return /duplicate id/i.test(`${statusDescription} ${statusDetails}`);
}

export function isDuplicateUrl(input: Input): boolean {
	const words = `${input.statusDescription} ${input.statusDetails ?? ''}`;
	const isOne = input.statusCode === StatusCode.INPUT_DUPLICATE || /duplicate.*url/i.test(words);
	return isOne && !isDuplicateId(input);
}

export function duplicateUrl({ statusDetails, statusDescription }: Input): InputProblem {
	return new InputProblem(
		`The app has this URL already, as another input: ${statusDetails ?? statusDescription}`,
		"Give that input's ID in 'Input ID', or turn on 'Allow Duplicate URL' to add it again.",
	);
}

export function alreadyThere(id: string): InputProblem {
	return new InputProblem(
		`Input "${id}" already exists`,
		"Choose another 'Input ID', or set 'If Input Exists' to Skip or Update.",
	);
}

/** An answer that does not tell what became of an input. */
export function notAnswered(id: string, method: Call['method'], scope: AppScope): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'unclear',
		message: `Clarifai's answer does not say what became of input "${id}"`,
		call: { method, path: inApp(scope, 'inputs') },
	});
}

export function notShown(id: string, scope: AppScope): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'unclear',
		message: `Clarifai says that input "${id}" exists, and does not show it`,
		details: 'It may be on its way out: run the node again in a minute',
		call: { method: 'GET', path: inApp(scope, 'inputs', id) },
	});
}
