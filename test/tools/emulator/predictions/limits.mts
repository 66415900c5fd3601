import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';
import { byteLength } from './badInputs.mts';

export const MAX_MODEL_INPUTS = 128;
export const MAX_WORKFLOW_INPUTS = 32;

const MAX_CALL_BYTES = 128_000_000;

/** Refuses a call as a whole; the limits are documented, that this code answers them is assumed. */
export function checkInputs(inputs: Message[], most: number) {
	if (inputs.length === 0) throw invalid('no inputs given');
	if (inputs.length > most) throw invalid(`at most ${most} inputs, got ${inputs.length}`);
	const videos = inputs.filter(({ data }) => data?.video).length;
	if (videos > 1) throw invalid(`at most one video, got ${videos}`);
	const media = inputs.flatMap(({ data = {} }) =>
		[data.image, data.video, data.audio, data.text].filter(Boolean),
	);
	const bytes = media.reduce((sum, medium) => sum + byteLength(medium as Message), 0);
	// Whether the raw bytes count or their base64 is not known; the raw bytes: assumed.
	if (bytes > MAX_CALL_BYTES) {
		throw new ApiError(Code.messageTooLarge, `at most ${MAX_CALL_BYTES} bytes, got ${bytes}`);
	}
}

function invalid(details: string) {
	return new ApiError(Code.predictInvalidRequest, details);
}
