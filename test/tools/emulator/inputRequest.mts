import type { Call } from './call.mts';
import { mediaOf, mediumOf } from './content.mts';
import { sizeOfBase64 } from './inputState.mts';
import { conceptsIn, problemOfConceptId } from './labels.mts';
import type { Message } from './message.mts';
import { ApiError, Code, makeStatus } from './statuses.mts';

const MAX_INPUTS = 128;

/** The SDK names 48 characters as the limit; that the server refuses what is longer is assumed. */
const ID_PATTERN = /^[0-9A-Za-z][\w.-]{0,47}$/;

/** Refuses a request as a whole; the codes other than that for its size are assumed. */
export function checkInputs(call: Call, inputs: Message[]) {
	if (inputs.length === 0) throw new ApiError(Code.inputInvalidRequest, 'no inputs given');
	if (inputs.length > MAX_INPUTS) {
		throw new ApiError(
			Code.inputInvalidRequest,
			`at most ${MAX_INPUTS} inputs in a request, got ${inputs.length}`,
		);
	}
	if (inputs.length > 1 && inputs.some(({ data }) => data?.video)) {
		throw new ApiError(Code.inputInvalidRequest, 'at most one video in a request');
	}
	// Whether the limit is for the bytes or, as assumed here, for the base64 text of them, is not known.
	const { maxRequestBytes } = call.world.dataSettings;
	if (inputs.reduce((sum, { data }) => sum + sentLength(data), 0) > maxRequestBytes) {
		throw new ApiError(Code.messageTooLarge, `the limit is ${maxRequestBytes} bytes`);
	}
}

function sentLength(data: Message | undefined): number {
	const { base64 = '', raw = '' } = mediumOf(data)?.message ?? {};
	return base64.length + raw.length;
}

/** Why one of the inputs of a request cannot be added, as its status; undefined when it can be. */
export function problemOf(call: Call, input: Message): Message | undefined {
	const problem = (code: number, details: string) => makeStatus(code, { details });
	const { id, data = {}, dataset_ids: datasetIds = [] } = input;
	if (id !== undefined && !ID_PATTERN.test(id)) {
		return problem(Code.inputInvalidArgument, `input id '${id}' is not valid`);
	}
	const media = problemOfMedia(call, data);
	if (media) return problem(media.code, media.details);
	const unknown = datasetIds.find((datasetId: string) => !call.app.datasets.has(datasetId));
	if (unknown !== undefined) {
		return problem(Code.inputInvalidArgument, `dataset '${unknown}' does not exist`);
	}
	return problemOfLabels(data);
}

/** The same for what is patched as well as added. */
export function problemOfLabels(data: Message): Message | undefined {
	const wrong = conceptsIn(data).find(({ id }) => problemOfConceptId(id));
	if (wrong) {
		return makeStatus(Code.conceptsInvalidRequest, { details: problemOfConceptId(wrong.id) });
	}
	const boxes = ((data.regions ?? []) as Message[]).map(
		(region) => region.region_info?.bounding_box,
	);
	if (boxes.every((box) => box === undefined || isInside(box))) return undefined;
	const details = 'regions: a bounding box lies outside the image or has no area';
	return makeStatus(Code.inputInvalidArgument, { details });
}

function isInside({ top_row = 0, left_col = 0, bottom_row = 0, right_col = 0 }: Message) {
	const isOrdered = (low: number, high: number) => low >= 0 && low < high && high <= 1;
	return isOrdered(top_row, bottom_row) && isOrdered(left_col, right_col);
}

function problemOfMedia(call: Call, data: Message): { code: number; details: string } | undefined {
	const [medium, another] = mediaOf(data);
	const { base64, url, raw } = medium?.message ?? {};
	const given = [base64, url, raw].filter((one) => one !== undefined);
	if (!medium || another || given.length !== 1) {
		const details =
			'data needs one image, video, audio or text, with either its url or its content';
		return { code: Code.inputInvalidArgument, details };
	}
	if (url !== undefined) return problemOfUrl(call, url as string, medium.message);
	const size = base64 === undefined ? Buffer.byteLength(raw) : sizeOfBase64(base64);
	const { maxInputBytes, maxRequestBytes } = call.world.dataSettings;
	const limit = medium.kind === 'video' ? maxRequestBytes : maxInputBytes;
	if (size < limit) return undefined;
	return { code: Code.inputOverLimit, details: `${size} bytes; the limit is ${limit}` };
}

function problemOfUrl(call: Call, url: string, medium: Message) {
	if (!/^https?:\/\/[^/\s]+/.test(url) || !URL.canParse(url)) {
		return { code: Code.inputInvalidUrl, details: `'${url}' is not a valid URL` };
	}
	if (medium.allow_duplicate_url || !call.app.inputs.hasUrl(url)) return undefined;
	return { code: Code.inputDuplicate, details: `Input has a duplicate URL. ${url}` };
}
