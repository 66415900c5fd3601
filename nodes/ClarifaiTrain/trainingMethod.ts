import type { IDataObject } from 'n8n-workflow';
import type { ClarifaiClient } from '../shared/api/client';
import type { ClarifaiFailure } from '../shared/api/failures';
import type { Training } from '../shared/api/trainings';
import type { AppScope } from '../shared/clarifai/identifiers';
import type { TrainingTemplate } from '../shared/clarifai/trainingTemplates';
import type { ItemRun } from '../shared/node/itemWork';
import type { TrainRequest } from './request';

/** A training that has passed every check and can be started. */
export interface CheckedTraining {
	modelTypeId?: string;
	/** Set where the platform does not describe what it takes, so that values passed unchecked. */
	unchecked?: string;
}

/** What is left to do where nothing else helps. */
export const CHOOSE_ANOTHER = "Choose another model, or another 'Training Method'.";

/** One way of training, from the list of its templates to the start. */
export interface TrainingMethod<Checked extends CheckedTraining = CheckedTraining> {
	/** What the editor calls it. */
	displayName: string;
	/** Its templates on this platform: of a model type, or all where the type is not known. */
	templates(
		client: ClarifaiClient,
		scope: AppScope,
		modelTypeId: string | undefined,
	): Promise<TrainingTemplate[]>;
	/** What to say of a template that is not among those; in the form, and as a problem. */
	unknownTemplate(
		template: string,
		templates: TrainingTemplate[],
		modelTypeId: string | undefined,
	): { message: string; hint: string };
	/** What the form says to do where the platform describes no templates at all. */
	withoutTemplates: string;
	/**
	 * Holds a training against what the platform knows.
	 * @throws InputProblem with all problems of the item together
	 */
	check(request: TrainRequest, run: ItemRun): Promise<Checked>;
	/** What would apply, by name, and how long it would take; absent where the method has no estimate. */
	dryRun(
		request: TrainRequest,
		checked: Checked,
		run: ItemRun,
	): Promise<{ params: IDataObject; estimatedSeconds?: number | null }>;
	/** Starts the training, once. */
	start(request: TrainRequest, checked: Checked, run: ItemRun): Promise<Training>;
	/** Whether a refusal may mean that the platform does not train this way, or not any more. */
	mayBeGone(failure: ClarifaiFailure): boolean;
	/** What to do then. */
	insteadOfIt: string;
}
