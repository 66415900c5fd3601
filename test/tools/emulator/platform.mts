import type { Message } from './message.mts';
import { ApiError, Code } from './statuses.mts';

/**
 * `hosted` as api.clarifai.com is today: pipeline templates, and model types that name no training templates
 * any more. `selfHosted` as platforms of before: training templates, and no endpoint for pipeline templates.
 * `both` has both, which no platform is known to have, for tests that need not care.
 */
export type PlatformKind = 'hosted' | 'selfHosted' | 'both';

export interface Platform {
	kind: PlatformKind;
	/** Whether runs of pipelines must name one. */
	nodepools: 'required' | 'optional';
	/** What a hosted platform says to a training by template; that it refuses at all is assumed. */
	legacyTraining: 'trains' | { code: number; details: string };
}

export const DEFAULT_PLATFORM: Platform = {
	kind: 'both',
	nodepools: 'required',
	legacyTraining: {
		code: Code.modelInvalidArgument,
		details: 'training of this model type is not supported',
	},
};

const PIPELINE_TEMPLATE_CALLS = ['ListPipelineTemplates', 'PostPipelineVersionRunFromTemplate'];

const TEMPLATE_PATH = 'train_info.params.template';

export function isOffered({ kind }: Platform, rpc: string) {
	return kind !== 'selfHosted' || !PIPELINE_TEMPLATE_CALLS.includes(rpc);
}

/** A model type as the platform lists it. */
export function showModelType({ kind }: Platform, modelType: Message): Message {
	if (kind !== 'hosted') return modelType;
	const fields: Message[] = modelType.model_type_fields ?? [];
	return {
		...modelType,
		model_type_fields: fields.map((field) =>
			field.path === TEMPLATE_PATH ? { ...field, model_type_enum_options: [] } : field,
		),
	};
}

/** @throws ApiError where the platform has given up training by templates */
export function checkLegacyTraining({ kind, legacyTraining }: Platform, modelType: Message) {
	const fields: Message[] = modelType.model_type_fields ?? [];
	const isLegacy = fields.some(({ path }) => path === TEMPLATE_PATH);
	if (kind !== 'hosted' || !isLegacy || legacyTraining === 'trains') return;
	throw new ApiError(legacyTraining.code, legacyTraining.details);
}
