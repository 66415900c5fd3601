import { StatusCode } from '../clarifai/statusCodes';

const CHECK_DATA =
	'Check that the app (or the dataset that you chose) has labelled inputs for the concepts of this training.';

/** What went wrong and what to do about it, for each code that ends a training badly. */
const FAILURES: ReadonlyMap<number, string> = new Map<number, string>([
	[
		StatusCode.MODEL_UPLOADING_FAILED,
		'Clarifai could not store the model. Start the training again; if it fails again, give Clarifai the request ID.',
	],
	[
		StatusCode.MODEL_TRAINING_FAILED,
		"The reason is in Clarifai's message above and in the training log. Check hyperparameters and data, then train again.",
	],
	[
		StatusCode.MODEL_BUILDING_FAILED,
		'Clarifai could not build the image for this model. With a custom template, check the custom config; otherwise train again.',
	],
	[
		StatusCode.MODEL_BUILD_UNEXPECTED_ERROR,
		'Building the image for this model ended unexpectedly on the side of Clarifai. Train again; if it fails again, give Clarifai the version ID.',
	],
	[StatusCode.MODEL_TRAINING_NO_DATA, `The training had no data. ${CHECK_DATA}`],
	[
		StatusCode.MODEL_TRAINING_NO_POSITIVES,
		'No input is labelled with one of the concepts as present. Label inputs for each concept, or choose other concepts.',
	],
	[
		StatusCode.MODEL_TRAINING_ONE_VS_N_SINGLE_CLASS,
		"The training distinguishes between concepts but has one only. Choose two or more in 'Concept Names or IDs'.",
	],
	[
		StatusCode.MODEL_TRAINING_TIMED_OUT,
		'The training took longer than Clarifai allows. Use fewer epochs, fewer inputs or smaller images.',
	],
	[
		StatusCode.MODEL_TRAINING_WAITING_ERROR,
		'Clarifai stopped waiting for the inputs to be processed. Check in the portal that they are all processed, then train again.',
	],
	[
		StatusCode.MODEL_TRAINING_UNKNOWN_ERROR,
		'The training ended with an error that Clarifai does not know. Read the training log; train again, or give Clarifai the version ID.',
	],
	[
		StatusCode.MODEL_TRAINING_MSG_REDELIVER,
		'Clarifai lost this training on the way to its trainer. Start it again.',
	],
	[
		StatusCode.MODEL_TRAINING_INSUFFICIENT_DATA,
		`There is too little labelled data. ${CHECK_DATA} Clarifai recommends 1,000 inputs or more.`,
	],
	[
		StatusCode.MODEL_TRAINING_INVALID_PARAMS,
		"Clarifai refused the hyperparameters. Compare them with 'Clarifai List Templates', and use 'Dry Run' before the next training.",
	],
	[
		StatusCode.MODEL_TRAINING_INVALID_DATA_TOLERANCE_EXCEEDED,
		'Too many inputs could not be used. Mend or remove them, or raise the hyperparameter invalid_data_tolerance_percent.',
	],
	[
		StatusCode.MODEL_DEPLOYMENT_FAILED,
		'The model was trained but could not be deployed. Try again later, or give Clarifai the version ID.',
	],
	[
		StatusCode.JOB_COMPLETED,
		"The run itself ended well. Look in Clarifai's portal at its log and at the model's versions: use the version that it made, or train again.",
	],
	[
		StatusCode.JOB_FAILED,
		'The pipeline run failed. Its logs name the step and the reason; check the dataset, the concepts and the parameters.',
	],
	[
		StatusCode.JOB_CANCELLED,
		'The pipeline run was cancelled. Start the training again if that was not meant.',
	],
	[
		StatusCode.JOB_UNEXPECTED_ERROR,
		'The pipeline run ended unexpectedly. Check that the nodepool and the compute cluster exist and have room, then start it again.',
	],
	[
		StatusCode.JOB_CONFLICT,
		'Clarifai refused the pipeline run because it conflicts with another one. Wait for the other one, then start it again.',
	],
]);

/** What a user can do about a training that failed with this code. */
export function trainingRemedy(code: number | undefined): string {
	return (
		(code === undefined ? undefined : FAILURES.get(code)) ??
		"These nodes do not know this status. Look the version up in Clarifai's portal; its code is listed at https://api.clarifai.com/v2/status_codes."
	);
}
