import { inApp } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { base64Length } from '../shared/api/body';
import { fileBody, type FileBody, type PlaceFile, type ReadFile } from '../shared/api/fileBody';
import { findInputs, inputsOf, type InputsProcessing } from '../shared/api/inputs';
import { portalUrl } from '../shared/clarifai/identifiers';
import { labelData, type Input } from '../shared/clarifai/inputs';
import type { JsonObject } from '../shared/clarifai/json';
import { bytesOf, mediumContent } from '../shared/parameters/mediaParameters';
import { added, type Identified, type Outcome } from './addResult';
import { answersFor } from './answeredInputs';
import { inHalves } from './halves';
import { DIGITS } from './inputId';
import {
	duplicateUrl,
	isDuplicateId,
	isDuplicateUrl,
	mayBeAdded,
	notAnswered,
	refusal,
} from './refusals';
import type { AddRequest } from './request';

/** What a post says of an input: also that it was there. */
export type Posted = Outcome | 'exists';

/** Adds inputs; a batch that is refused as a whole is halved until the bad one stands alone. */
export async function postInputs(
	items: Identified[],
	fileOf: (item: Identified) => ReadFile,
): Promise<Posted[]> {
	const once = async (part: Identified[]) => await postOnce(part, fileOf);
	const mayBeOne = (error: unknown) => error instanceof ClarifaiFailure && error.isAboutInputs();
	return await inHalves<Identified, Posted>(items, once, mayBeOne);
}

async function postOnce(
	items: Identified[],
	fileOf: (item: Identified) => ReadFile,
): Promise<Posted[]> {
	const [{ request, run }] = items;
	const { scope } = request;
	const path = inApp(scope, 'inputs');
	const ids = items.map(({ id }) => id);
	// Chosen here, so that its processing can be followed.
	const jobId = `n8n-${run.token}-${items.length}`;
	/** Of these an earlier try has sent, nobody knows whether they were added. */
	const mayBeOurs = items.map((item) => item.run.kept.sent === true);
	for (const item of items) item.run.kept.sent = true;
	let isEcho = false;
	const made = await run
		.write<Input[]>({
			call: {
				method: 'POST',
				path,
				body: bodyOf(items, jobId, fileOf),
				entries: 'inputs',
			},
			turn: inApp(scope, 'inputs', items[0].id).join('/'),
			read(answer) {
				// An answer after one that was lost may tell of what the lost one has done.
				isEcho = run.mayBeDone;
				const inputs = inputsOf(answer);
				return inputs.length > 0 ? inputs : undefined;
			},
			idOf: ([first]) => first.id ?? ids[0],
			async look(client) {
				const found = await findInputs(client, scope, ids);
				return found.size > 0 ? [[...found.values()]] : [];
			},
			isOurs: () => true,
			there: [],
			isUnique: true,
			what: `adding ${items.length} inputs`,
			where: `the inputs of the app, ${portalUrl(scope, 'inputs')}`,
		})
		.catch((error: unknown) => {
			const isRefused = error instanceof ClarifaiFailure && error.kind === 'refused';
			if (isRefused) items.forEach((item, index) => (item.run.kept.sent = mayBeOurs[index]));
			throw error;
		});

	const batch: InputsProcessing = { scope, jobId, ids: [] };
	const answers = answersFor(items, made, 'POST');
	const posted = items.map((item, index) => {
		const answer = answers[index];
		if (!answer) return undefined;
		const said = postedOf(item, answer, batch, isEcho || mayBeOurs[index]);
		if (!(said instanceof Error) && said !== 'exists') batch.ids.push(item.id);
		return said;
	});
	// What a look after a lost answer has not found is sent again by itself.
	const missing = items.filter((_item, index) => posted[index] === undefined);
	if (missing.length === items.length) throw notAnswered(ids[0], 'POST', scope);
	const again = await postInputs(missing, fileOf);
	return posted.map((said, index) => {
		if (said !== undefined) return said;
		const later = again.shift() as Posted;
		// It was sent before the execution was stopped, and the look did not find it so far.
		const isLeft = later instanceof ClarifaiFailure && later.kind === 'cancelled';
		return isLeft ? mayBeAdded(items[index].id, scope, later) : later;
	});
}

/** Made from what was written while the IDs were made; a request that is sent again reads the files again. */
function bodyOf(
	items: Identified[],
	jobId: string,
	fileOf: (item: Identified) => ReadFile,
): FileBody {
	const size = items.reduce((sum, { request }) => sum + bytesOf(request.medium), 0);
	const others = { inputs_add_job_id: jobId };
	const compose = (place: PlaceFile) => ({
		inputs: items.map((item) => inputEntry(item.id, item.request, place, fileOf(item))),
		...others,
	});
	return {
		size,
		async make(buffers) {
			const written = items.flatMap((item) => item.written ?? []);
			for (const item of items) delete item.written;
			return written.length === items.length
				? written[0].list.toBody(written, others)
				: await fileBody(compose, size).make(buffers);
		},
	};
}

/** An input as a request has it. */
export function inputEntry(
	id: string,
	{ medium, datasetId, allowDuplicateUrl, labels }: AddRequest,
	place: PlaceFile,
	readFile: ReadFile,
): JsonObject {
	const traits = allowDuplicateUrl && medium.source === 'url' ? { allow_duplicate_url: true } : {};
	return {
		id,
		...(datasetId === undefined ? {} : { dataset_ids: [datasetId] }),
		data: { ...mediumContent(medium, place, readFile, traits), ...labelData(labels) },
	};
}

/** Bytes that an entry has in a list, with an ID that is made from its file. */
export function sizeOfEntry(request: AddRequest): number {
	const withoutFile = inputEntry('0'.repeat(DIGITS), request, () => '', noFile);
	const comma = 1;
	return (
		Buffer.byteLength(JSON.stringify(withoutFile)) + base64Length(bytesOf(request.medium)) + comma
	);
}

const noFile: ReadFile = async () => await Promise.resolve(Buffer.alloc(0));

/** @param isEcho this run has sent it before: that it is there may be its own doing */
function postedOf(
	item: Identified,
	input: Input,
	batch: InputsProcessing,
	isEcho: boolean,
): Posted {
	if (input.processing !== 'failed') return added(item, input, batch);
	if (isDuplicateUrl(input)) {
		if (item.request.ifExists !== 'skip') return duplicateUrl(input);
		item.run.hint(
			'The app has some of the URLs already, as other inputs, which Clarifai does not name (duplicateUrl).',
		);
		return { status: 'exists', isProcessed: true, data: {}, raw: input.raw };
	}
	// Nobody had it a moment ago.
	if (isDuplicateId(input)) return isEcho ? added(item, input, batch) : 'exists';
	const failure = refusal(input, 'POST', item.request.scope);
	return failure.isAboutInputs() ? failure : mayBeAdded(item.id, item.request.scope, failure);
}
