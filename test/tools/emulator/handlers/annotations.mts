import type { Call, Handler } from '../call.mts';
import { toTimestamp } from '../clock.mts';
import { inputStatus } from '../inputProcessing.mts';
import { problemOfLabels } from '../inputRequest.mts';
import { answerItems } from '../itemResults.mts';
import type { ItemResult } from '../itemResults.mts';
import { storeLabels } from '../labels.mts';
import type { Message } from '../message.mts';
import { ApiError, Code, makeStatus } from '../statuses.mts';

/** Labels that people give after an input was added. No node sends them; Clarifai's SDK does. */

const MOST = 128;

const postAnnotations: Handler = (call) => {
	const annotations: Message[] = call.request.annotations ?? [];
	if (annotations.length === 0 || annotations.length > MOST) {
		throw new ApiError(Code.annotationInvalidArgument, `1 to ${MOST} annotations`);
	}
	return answerItems(
		call,
		'annotations',
		annotations.map((annotation) => addAnnotation(call, annotation)),
	);
};

/** That an input shows the regions of its annotations beside those that it came with is assumed. */
function addAnnotation(call: Call, annotation: Message): ItemResult {
	const { app, world, now } = call;
	const { id = world.random.hexId(), input_id: inputId, data = {} } = annotation;
	const input = app.inputs.get(inputId);
	// An input that has not been indexed is called missing (luxonis/oak-examples#287); the code is assumed.
	const isThere = input !== undefined && inputStatus(input, now).code === Code.inputSuccess;
	const problem = isThere ? problemOf(data) : refusal(`input_id '${inputId ?? ''}' not found`);
	if (!isThere || problem) return { shown: { ...annotation, status: problem }, failed: true };

	const labels = storeLabels(app, data);
	const timestamp = toTimestamp(now);
	const before = input.message.data as Message;
	input.message = {
		...input.message,
		data: {
			...before,
			...(labels.regions && { regions: [...(before.regions ?? []), ...labels.regions] }),
			...(labels.concepts && { concepts: [...(before.concepts ?? []), ...labels.concepts] }),
		},
		modified_at: timestamp,
	};
	const times = { created_at: timestamp, modified_at: timestamp };
	const status = makeStatus(Code.annotationSuccess);
	return { shown: { id, input_id: inputId, data: labels, ...times, status }, failed: false };
}

function problemOf(data: Message): Message | undefined {
	if ((data.regions ?? []).length > 1) return refusal('an annotation has one region at most');
	return problemOfLabels(data);
}

function refusal(details: string): Message {
	return makeStatus(Code.annotationInvalidArgument, { details });
}

export const annotationHandlers: Record<string, Handler> = { PostAnnotations: postAnnotations };
