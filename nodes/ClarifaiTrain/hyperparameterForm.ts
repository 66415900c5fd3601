import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import { plainText } from '../shared/clarifai/plainText';
import type {
	Hyperparameter,
	HyperparameterType,
	TrainingTemplate,
} from '../shared/clarifai/trainingTemplates';
import { currentId, lookUp } from '../shared/node/lists';
import { methodNamed } from './methods';
import { templateChoice } from './templateList';
import { CHOOSE_ANOTHER } from './trainingMethod';

/** The fields of the chosen template, with Clarifai's types, defaults and limits. */
export async function getHyperparameters(
	this: ILoadOptionsFunctions,
): Promise<ResourceMapperFields> {
	const chosen = currentId(this, 'template');
	if (chosen === undefined) return noFields('Choose a template first.');
	const { method, modelTypeId, offered } = await lookUp(
		this,
		async (client, scope) => await templateChoice(this, client, scope),
	);
	const [found, another] = offered.filter(({ template }) => template.template === chosen);
	if (found && !another) return fieldsOf(found.template);
	if (another) {
		return noFields(
			found.method === another.method
				? `Several model types have a template "${chosen}", with hyperparameters of their own. Pick the model from the list, or run the nodes before this one, so that its type is known; or give the hyperparameters as JSON.`
				: `"${chosen}" is a template of the model's type and a pipeline template. Set 'Training Method' to the one that you mean.`,
		);
	}
	const ofType = modelTypeId === undefined ? '' : ` for model type ${modelTypeId}`;
	if (offered.length === 0) {
		const hint = method === 'automatic' ? CHOOSE_ANOTHER : methodNamed(method).withoutTemplates;
		return noFields(`This platform describes no training templates${ofType}. ${hint}`);
	}
	return noFields(
		`This platform has no template "${chosen}"${ofType}. Choose another template, or another 'Training Method'.`,
	);
}

function noFields(emptyFieldsNotice: string): ResourceMapperFields {
	return { fields: [], emptyFieldsNotice };
}

function fieldsOf(template: TrainingTemplate): ResourceMapperFields {
	// The custom config has a field of its own in the node.
	const shown = template.hyperparameters.filter(
		({ internal, type }) => !internal && type !== 'code',
	);
	if (shown.length === 0) {
		return noFields(`Template "${template.template}" has no hyperparameters to set.`);
	}
	const sorted = [...shown].sort((a, b) => importance(a) - importance(b));
	return { fields: sorted.map(fieldOf) };
}

/** One that belongs to a choice is asked for only once that is made, which the form does not know. */
function isDemanded({ required, default: byDefault, belongsTo }: Hyperparameter): boolean {
	return required && byDefault === undefined && belongsTo === undefined;
}

const MAX_LABEL = 300;

const FIELD_TYPES: Record<HyperparameterType, FieldType> = {
	boolean: 'boolean',
	string: 'string',
	number: 'number',
	integer: 'number',
	range: 'number',
	enum: 'options',
	json: 'object',
	numbers: 'array',
	strings: 'array',
	code: 'string',
};

function fieldOf(hyperparameter: Hyperparameter): ResourceMapperField {
	const { name, type, freeText } = hyperparameter;
	const options = (hyperparameter.options ?? []).map(
		(value): INodePropertyOptions => ({ name: value, value }),
	);
	// A choice without listed options, or one that takes other texts, needs a text field.
	const asText = type === 'enum' && (freeText === true || options.length === 0);
	const field: ResourceMapperField = {
		id: name,
		displayName: plainText(label(hyperparameter), MAX_LABEL),
		// n8n refuses to run with an empty required field; one with a default may stay empty.
		required: isDemanded(hyperparameter),
		defaultMatch: false,
		display: true,
		readOnly: false,
		removed: false,
		type: asText ? 'string' : FIELD_TYPES[type],
	};
	if (field.type === 'options') field.options = options;
	const byDefault = hyperparameter.default;
	if (byDefault !== undefined) {
		field.defaultValue = (
			typeof byDefault === 'object' ? JSON.stringify(byDefault) : byDefault
		) as ResourceMapperField['defaultValue'];
	}
	return field;
}

/** "num_epochs (1–600, step 1)": short, because n8n cuts long labels; the default is in the field itself. */
function label(hyperparameter: Hyperparameter): string {
	const { name, step, freeText, options } = hyperparameter;
	const notes = [
		shortRange(hyperparameter),
		step === undefined ? '' : `step ${readable(step)}`,
		freeText && options ? `such as ${options.join(', ')}` : '',
		// Last, as it is the least to lose where n8n cuts the label.
		unitOf(hyperparameter),
	].filter((note) => note !== '');
	return notes.length > 0 ? `${name} (${notes.join(', ')})` : name;
}

/** Clarifai's metadata has no units; some names tell them. */
const UNITS: ReadonlyArray<readonly [RegExp, string]> = [
	[/percent/, '%'],
	[/(^|_)(image_size|resize)(_|$)/, 'pixels'],
	[/(^|_)seconds(_|$)/, 'seconds'],
];

function unitOf({ name }: Hyperparameter): string {
	return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? '';
}

function shortRange({ min, max }: Hyperparameter): string {
	if (min !== undefined && max !== undefined) return `${readable(min)}–${readable(max)}`;
	if (min !== undefined) return `≥ ${readable(min)}`;
	return max === undefined ? '' : `≤ ${readable(max)}`;
}

const SMALL = 1e-3;

/** Learning rates have many zeros after the point: 1.95e-5 rather than 0.00001953125. */
function readable(value: number): string {
	if (value === 0 || Math.abs(value) >= SMALL) return String(value);
	return String(Number(value.toPrecision(3)).toExponential());
}

/** What most people change first; the others keep Clarifai's order. */
const FIRST: readonly RegExp[] = [
	/epochs$/,
	/batch_size/,
	/(lrate|learning_rate|^lr$)/,
	/image_size/,
];

function importance(hyperparameter: Hyperparameter): number {
	if (isDemanded(hyperparameter)) return -1;
	const place = FIRST.findIndex((pattern) => pattern.test(hyperparameter.name));
	return place < 0 ? FIRST.length : place;
}
