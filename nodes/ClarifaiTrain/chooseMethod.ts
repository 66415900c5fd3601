import { modelTypeIdOf } from '../shared/api/models';
import { didYouMean } from '../shared/clarifai/nearest';
import type { TrainingMethodName } from '../shared/clarifai/trainingMethods';
import type { ItemRun } from '../shared/node/itemWork';
import { InputProblem, inputProblemOf } from '../shared/parameters/problems';
import { methodNamed, offeredTemplates, type OfferedTemplate } from './methods';
import type { TrainRequest } from './request';

/**
 * The method that a request means: the one it names, or the one whose template it names.
 * @throws InputProblem for a template that both methods have, or none: nothing is sent unchecked
 */
export async function chooseMethod(
	request: TrainRequest,
	{ client }: ItemRun,
): Promise<TrainingMethodName> {
	const { method, scope, modelId, template, knownModel } = request;
	if (method !== 'automatic') return method;
	const modelTypeId = knownModel?.modelTypeId ?? (await modelTypeIdOf(client, scope, modelId));
	const offered = await offeredTemplates('automatic', client, scope, modelTypeId);
	const found = new Set(
		offered.filter((each) => each.template.template === template).map((each) => each.method),
	);
	const [only, another] = found;
	if (only && !another) return only;
	const problem = another ? ambiguous(request) : unknown(request, offered, modelTypeId);
	throw inputProblemOf([...request.problems, problem]);
}

function ambiguous({ template, label }: TrainRequest): InputProblem {
	return new InputProblem(
		`Template "${template}" is a template of the model's type and a pipeline template`,
		`Set '${label('trainingMethod')}' to the one that you mean.`,
	);
}

function unknown(
	{ template }: TrainRequest,
	offered: OfferedTemplate[],
	modelTypeId: string | undefined,
): InputProblem {
	if (offered.length === 0) {
		const ofType = modelTypeId === undefined ? '' : ` for model type ${modelTypeId}`;
		return new InputProblem(
			`This platform describes no training templates${ofType}, and no pipeline templates`,
			"Models of this type cannot be trained here, or only unchecked: set 'Training Method' to Deep Fine-Tuning if you know that the platform has the template.",
		);
	}
	const known = offered.filter((each) => !each.template.internalOnly);
	const near = didYouMean(
		template,
		known.map((each) => each.template.template),
	);
	const named = new Set(
		known.map((each) => `${each.template.template} (${methodNamed(each.method).displayName})`),
	);
	return new InputProblem(
		`This platform has no training template "${template}"${modelTypeId === undefined ? '' : ` for model type ${modelTypeId}`}`,
		`${near}It has: ${[...named].join(', ')}.`,
	);
}
