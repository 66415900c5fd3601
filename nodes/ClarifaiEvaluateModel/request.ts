import type { WaitOptions } from '../shared/api/jobs';
import type { AppScope } from '../shared/clarifai/identifiers';
import type { ItemParameters } from '../shared/parameters/itemParameters';
import { refuseNoTraining, versionIdToUse } from '../shared/parameters/usableVersion';
import { waitOptions } from '../shared/parameters/waitOptions';
import type { MetricName } from './metricNames';

/** One item's evaluation, as its parameters ask for it. */
export interface EvaluateRequest {
	scope: AppScope;
	/** Of the credential: the owner of the app's default workflow and of deployments. */
	home: AppScope;
	modelId: string;
	/** Absent for the newest version that can be used. */
	versionId?: string;
	datasetId: string;
	datasetVersionId?: string;
	/** What the training that came in was trained on, and which version that made. */
	training?: { datasetId: unknown; versionId: unknown };
	evaluateWith: 'clarifai' | 'predictions';
	metric: MetricName | 'auto';
	compareWith: 'liveVersion' | 'version' | 'nothing';
	workflow?: { id: string; scope: AppScope };
	deploymentId?: string;
	baselineVersionId?: string;
	/** Absent where nothing is asked for. */
	minimumValue?: number;
	minimumGain?: number;
	evaluationId?: string;
	perConcept: boolean;
	report: boolean;
	/** Absent when the node returns at once: an agent runs it. */
	wait?: WaitOptions;
	simplify: boolean;
}

export function readEvaluateRequest(item: ItemParameters, mayWait: boolean): EvaluateRequest {
	refuseNoTraining(item);
	const model = item.located('model', 'models');
	const home = item.scope();
	const workflow = item.optionallyLocated('workflow', 'workflows');
	const wait = waitOptions(item);
	const compareWith = item.choice<EvaluateRequest['compareWith']>('compareWith');
	const baselineVersionId = item.optionallyLocated('baselineVersionId')?.id;
	if (compareWith === 'version' && baselineVersionId === undefined) {
		item.refuse(
			`'${item.label('baselineVersionId')}' is empty`,
			`Enter the version to compare with, or set '${item.label('compareWith')}' to Live Version.`,
		);
	}
	const deploymentId = item.optionallyLocated('deploymentId')?.id;
	if (workflow && deploymentId !== undefined) {
		item.refuse(
			`Both '${item.label('workflow')}' and '${item.label('deploymentId')}' are set`,
			'The live version is what one of them runs: clear the other.',
		);
	}
	return {
		scope: model.scope ?? home,
		home,
		modelId: model.id,
		versionId: versionIdToUse(item, 'modelVersionId'),
		datasetId: item.located('dataset').id,
		datasetVersionId: item.optionallyLocated('additionalFields.datasetVersionId')?.id,
		training: trainingOf(item),
		evaluateWith: item.choice('evaluateWith'),
		metric: item.choice('metric'),
		compareWith,
		workflow: workflow && { id: workflow.id, scope: workflow.scope ?? home },
		deploymentId,
		baselineVersionId,
		minimumValue: aboveZero(item.number('minimumValue', { min: 0, max: 1 })),
		minimumGain: aboveZero(item.number('minimumGain', { min: 0, max: 1 })),
		evaluationId: item.optionalId('additionalFields.evaluationId'),
		perConcept: item.boolean('additionalFields.perConcept'),
		report: item.boolean('additionalFields.report'),
		wait: mayWait ? wait : undefined,
		simplify: item.boolean('simplify'),
	};
}

/** An evaluation that came in names the dataset that it was made on. */
function trainingOf({ incoming }: ItemParameters): EvaluateRequest['training'] {
	const { datasetId, modelVersionId, passed } = incoming;
	if (passed !== undefined) return undefined;
	return { datasetId, versionId: modelVersionId };
}

/** Every value reaches 0, and every better one is more than 0 better. */
function aboveZero(value: number | undefined): number | undefined {
	return value === 0 ? undefined : value;
}
