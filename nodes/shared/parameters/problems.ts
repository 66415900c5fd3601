/** An error in words for the user: `message` says what happened, `hint` what to do about it. */
export abstract class ExplainedError extends Error {
	constructor(
		message: string,
		readonly hint: string,
	) {
		super(message);
		this.name = new.target.name;
	}
}

/** Something in the user's input that cannot work; the message names the parameter. */
export class InputProblem extends ExplainedError {}

/** All problems of one item in one error, so that a user mends them in one go. */
export function inputProblemOf(problems: InputProblem[]): InputProblem {
	if (problems.length === 1) return problems[0];
	return new InputProblem(
		`${problems.length} parameters need to be corrected: ${problems.map((p) => p.message).join('; ')}`,
		[...new Set(problems.map((p) => p.hint))].join(' '),
	);
}

/**
 * What the work gives; the problem that it throws joins `problems` instead, and it gives nothing. Any
 * other error is thrown, unless there are problems already, which a user can mend.
 */
export async function gathered<T>(
	problems: InputProblem[],
	work: Promise<T>,
): Promise<T | undefined> {
	const found = await work.catch((error: unknown) => error);
	if (!(found instanceof Error)) return found as T;
	if (found instanceof InputProblem) problems.push(found);
	else if (problems.length === 0) throw found;
	return undefined;
}
