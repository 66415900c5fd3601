import { describeType, isObject, sameJson, type JsonObject } from '../shared/clarifai/json';
import { nearest } from '../shared/clarifai/nearest';
import type { Hyperparameter, TrainingTemplate } from '../shared/clarifai/trainingTemplates';
import { InputProblem } from '../shared/parameters/problems';
import { asBoolean } from '../shared/parameters/values';

/** Room, per step, for the rounding of decimal fractions (Clarifai's are 32-bit floats). */
const STEP_TOLERANCE = 1e-6;

/**
 * Checks hyperparameters against their template's own metadata and brings each to its type: texts
 * such as "5" or "true" (from expressions and AI agents) become numbers and booleans.
 * Empty values (null, undefined) count as not given.
 * @returns `values` by hyperparameter name, ready to be sent, and all problems together
 */
export function checkHyperparameters(
	given: JsonObject,
	template: TrainingTemplate,
): { values: JsonObject; problems: InputProblem[] } {
	const values: JsonObject = {};
	const problems: InputProblem[] = [];
	const byName = new Map(template.hyperparameters.map((known) => [known.name, known]));

	for (const [name, value] of Object.entries(given)) {
		if (value === undefined || value === null) continue;
		const known = byName.get(name);
		if (!known) {
			if (template.undescribed) values[name] = value;
			else problems.push(unknownName(name, template));
			continue;
		}
		try {
			values[name] = checkValue(value, known);
		} catch (error) {
			problems.push(error as InputProblem);
		}
	}
	for (const known of template.hyperparameters) {
		if (
			known.required &&
			known.default === undefined &&
			values[known.name] === undefined &&
			given[known.name] == null &&
			isAsked(known, byName, values)
		) {
			problems.push(
				new InputProblem(
					`Hyperparameter "${known.name}" is required by template "${template.template}"`,
					`Give it ${describeAllowed(known)}.`,
				),
			);
		}
	}
	return { values, problems };
}

/** Whether the choices are made, by the user or by default, that a hyperparameter belongs to. */
function isAsked(
	{ belongsTo }: Hyperparameter,
	byName: ReadonlyMap<string, Hyperparameter>,
	values: JsonObject,
): boolean {
	if (!belongsTo) return true;
	return belongsTo.some(({ name, option }) => {
		const known = byName.get(name);
		const chosen = values[name] ?? known?.default;
		return chosen === option && (!known || isAsked(known, byName, values));
	});
}

/** Names of the values that Clarifai describes not at all, or with a type that these nodes do not know. */
export function uncheckedNames(values: JsonObject, template: TrainingTemplate): string[] {
	const checked = template.hyperparameters.filter((known) => !known.unchecked);
	return Object.keys(values).filter((name) => !checked.some((known) => known.name === name));
}

/**
 * One value, checked and converted.
 * @throws InputProblem
 */
export function checkValue(value: unknown, known: Hyperparameter): unknown {
	if (known.unchecked) return value;
	switch (known.type) {
		case 'boolean':
			return checkBoolean(value, known);
		case 'number':
		case 'integer':
		case 'range':
			return checkNumber(value, known);
		case 'enum':
			return checkChoice(value, known);
		case 'json':
			return checkJson(value, known);
		case 'numbers':
			return checkList(value, known).map((entry) => checkNumber(entry, known));
		case 'strings':
			return checkList(value, known).map((entry) => checkText(entry, known));
		case 'code':
			if (typeof value === 'string' && value.trim() === '') throw wrong(known, value);
			return checkText(value, known);
		case 'string':
			return checkText(value, known);
	}
}

/** "a number from 0 to 600 in steps of 5": what a hyperparameter accepts, in words. */
export function describeAllowed(known: Hyperparameter): string {
	switch (known.type) {
		case 'boolean':
			return 'true or false';
		case 'enum':
			return `one of: ${(known.options ?? []).join(', ')}${known.freeText ? ', or another text' : ''}`;
		case 'json':
			return 'a JSON object';
		case 'numbers':
			return 'a list of numbers, such as [320]';
		case 'strings':
			return 'a list of texts';
		case 'code':
			return 'Python source code';
		case 'string':
			return 'a text';
		case 'integer':
			return `a whole number${describeRange({ ...known, step: undefined })}`;
		case 'number':
		case 'range':
			return isWhole(known)
				? `a whole number${describeRange({ ...known, step: undefined })}`
				: `a number${describeRange(known)}`;
	}
}

/** In steps of 1 from a whole number on. */
function isWhole({ step, min = 0 }: Hyperparameter): boolean {
	return step === 1 && Number.isInteger(min);
}

/** " from 1 to 600 in steps of 5", or an empty text where nothing is limited. */
function describeRange({ min, max, step }: Hyperparameter): string {
	let range = '';
	if (min !== undefined && max !== undefined) range = ` from ${min} to ${max}`;
	else if (min !== undefined) range = ` of ${min} or more`;
	else if (max !== undefined) range = ` of ${max} or less`;
	return step === undefined ? range : `${range} in steps of ${step}`;
}

function wrong(known: Hyperparameter, value: unknown): InputProblem {
	const shown = JSON.stringify(value) ?? String(value);
	return new InputProblem(
		`Hyperparameter "${known.name}" must be ${describeAllowed(known)}, not ${shown.length > 80 ? describeType(value) : shown}`,
		'Correct the value, or leave the hyperparameter out to use its default.',
	);
}

function checkBoolean(value: unknown, known: Hyperparameter): boolean {
	const found = asBoolean(value);
	if (found === undefined) throw wrong(known, value);
	return found;
}

function checkNumber(value: unknown, known: Hyperparameter): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isFinite(number)) throw wrong(known, value);
	const { min, max, step } = known;
	// A platform takes its own default, also where it has put it outside the range.
	if (number === known.default) return number;
	if (known.type === 'integer' && !Number.isInteger(number)) throw wrong(known, value);
	if ((min !== undefined && number < min) || (max !== undefined && number > max)) {
		throw wrong(known, value);
	}
	if (step !== undefined && stepIsEnforced(known) && !isOnStep(number, min ?? 0, step)) {
		throw wrong(known, value);
	}
	return number;
}

/** A default that is off its own step shows that the step is only a slider's. */
function stepIsEnforced({ default: byDefault, min, step }: Hyperparameter): boolean {
	return typeof byDefault !== 'number' || isOnStep(byDefault, min ?? 0, step ?? 1);
}

function isOnStep(value: number, start: number, step: number): boolean {
	const steps = (value - start) / step;
	return Math.abs(steps - Math.round(steps)) < STEP_TOLERANCE * Math.max(1, Math.abs(steps));
}

function checkChoice(value: unknown, known: Hyperparameter): string {
	const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
	if (typeof text !== 'string') throw wrong(known, value);
	// An enum whose options Clarifai did not list cannot be checked.
	if (known.freeText || !known.options?.length || known.options.includes(text)) return text;
	throw wrong(known, value);
}

function checkJson(value: unknown, known: Hyperparameter): unknown {
	let parsed = value;
	if (typeof value === 'string') {
		try {
			parsed = JSON.parse(value);
		} catch {
			parsed = undefined;
		}
	}
	if (!isObject(parsed) && !Array.isArray(parsed)) throw wrong(known, value);
	return parsed;
}

function checkList(value: unknown, known: Hyperparameter): unknown[] {
	if (Array.isArray(value)) return value;
	if (typeof value === 'number' && known.type === 'numbers') return [value];
	if (typeof value !== 'string') throw wrong(known, value);
	const text = value.trim();
	if (!text.startsWith('[')) return text.split(',').map((entry) => entry.trim());
	const parsed = checkJson(text, known);
	if (!Array.isArray(parsed)) throw wrong(known, value);
	return parsed;
}

function checkText(value: unknown, known: Hyperparameter): string {
	const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
	if (typeof text !== 'string') throw wrong(known, value);
	const { minLength, maxLength } = known;
	if (minLength !== undefined && text.length < minLength) {
		throw new InputProblem(
			`Hyperparameter "${known.name}" must have ${minLength} characters or more`,
			'Correct the value, or leave the hyperparameter out to use its default.',
		);
	}
	if (maxLength !== undefined && text.length > maxLength) {
		throw new InputProblem(
			`Hyperparameter "${known.name}" must have ${maxLength} characters or fewer`,
			'Correct the value, or leave the hyperparameter out to use its default.',
		);
	}
	return text;
}

function unknownName(name: string, template: TrainingTemplate): InputProblem {
	const names = template.hyperparameters
		.filter((known) => !known.internal)
		.map((known) => known.name);
	const near = nearest(name, names);
	return new InputProblem(
		`Template "${template.template}" has no hyperparameter "${name}"${near ? `; did you mean "${near}"?` : ''}`,
		names.length > 0 ? `It has: ${names.join(', ')}.` : 'It takes no hyperparameters.',
	);
}

/**
 * The checked hyperparameters that are sent. n8n's form fills every field with its default, and booleans
 * without one with false; of those only what differs goes out, so that a default that Clarifai changes
 * later still takes effect.
 */
export function valuesToSend(
	values: JsonObject,
	template: TrainingTemplate,
	fromForm: boolean,
): JsonObject {
	if (!fromForm) return values;
	const byName = new Map(template.hyperparameters.map((known) => [known.name, known]));
	return Object.fromEntries(
		Object.entries(values).filter(([name, value]) => {
			const known = byName.get(name);
			const byDefault = known?.default ?? (known?.type === 'boolean' ? false : undefined);
			return value !== '' && (!sameJson(byDefault, value) || known?.required === true);
		}),
	);
}
