import type { Message } from './message.mts';
import { ApiError, Code } from './statuses.mts';

const ParameterType = { string: 1, int: 2, float: 3, bool: 4 };

/**
 * The arguments of a run: the template's defaults overridden by the request's, all as text. What the
 * server refuses, and with which code, is assumed from the template's own declarations.
 */
export function resolveArgs(template: Message, override: Message | undefined) {
	const parameters: Message[] = template.parameters ?? [];
	const given: Message[] = override?.argo_args_override?.parameters ?? [];
	const args: Record<string, string> = {};
	for (const parameter of parameters) {
		const fallback = defaultOf(parameter);
		if (fallback !== undefined) args[parameter.name] = fallback;
	}
	for (const { name, value = '' } of given) {
		const parameter = parameters.find((one) => one.name === name);
		if (!parameter) throw invalid(`'${name ?? ''}' is not a parameter of ${template.name}`);
		checkValue(parameter, value);
		args[name] = value;
	}
	const missing = parameters.find(({ name, required }) => required && args[name] === undefined);
	if (missing) throw invalid(`parameter '${missing.name}' is required`);
	return args;
}

/** The overrides of a run whose version may have no template: its own specification names what there is. */
export function overridden(args: Record<string, string>, override: Message | undefined) {
	const given: Message[] = override?.argo_args_override?.parameters ?? [];
	const unknown = given.find(({ name }) => !(name in args));
	if (unknown) throw invalid(`'${unknown.name ?? ''}' is not a parameter of this pipeline`);
	return Object.fromEntries(given.map(({ name, value = '' }) => [name, value])) as Record<
		string,
		string
	>;
}

function defaultOf(parameter: Message): string | undefined {
	const value =
		parameter.default_string ??
		parameter.default_int ??
		parameter.default_float ??
		parameter.default_bool;
	return value === undefined ? undefined : String(value);
}

function checkValue({ name, type, constraints = {} }: Message, value: string) {
	const refuse = () => invalid(`parameter '${name}' cannot be '${value}'`);
	if (type === ParameterType.bool && value !== 'true' && value !== 'false') throw refuse();
	if (type === ParameterType.int && !/^-?\d+$/.test(value)) throw refuse();
	if (type === ParameterType.float && !(value.trim() && Number.isFinite(Number(value)))) {
		throw refuse();
	}
	const range: Message | undefined = constraints.int_constraints ?? constraints.float_constraints;
	if (range) {
		const { min = 0, max = Infinity } = range;
		if (Number(value) < min || Number(value) > max) throw refuse();
	}
	const text: Message | undefined = constraints.string_constraints;
	const allowed: string[] = text?.allowed_values ?? [];
	if (allowed.length > 0 && !text?.allow_free_text && !allowed.includes(value)) throw refuse();
}

function invalid(details: string) {
	return new ApiError(Code.pipelineInvalidArgument, details);
}
