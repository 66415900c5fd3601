import type { IExecuteFunctions } from 'n8n-workflow';
import { inApp, type Call } from '../shared/api/call';
import { datasetPath, datasetWrite, findDataset } from '../shared/api/datasets';
import { ClarifaiFailure } from '../shared/api/failures';
import { fileBody } from '../shared/api/fileBody';
import { findInputs, inputsOf, type InputsProcessing } from '../shared/api/inputs';
import { time } from '../shared/api/time';
import { portalUrl } from '../shared/clarifai/identifiers';
import {
	labelData,
	labelsDiffer,
	labelsOf,
	mediumData,
	type Input,
	type Labels,
} from '../shared/clarifai/inputs';
import type { JsonObject } from '../shared/clarifai/json';
import { StatusCode } from '../shared/clarifai/statusCodes';
import type { BatchItem } from '../shared/node/itemWork';
import { bytesOf } from '../shared/parameters/mediaParameters';
import { InputProblem } from '../shared/parameters/problems';
import { idOfContent } from './inputId';
import type { AddRequest } from './request';

/** What became of one item. Plain data. */
export interface AddResult {
	/** Absent for a URL that the app has under another ID. */
	inputId?: string;
	status: 'added' | 'exists' | 'updated';
	isProcessed: boolean;
	/** The batch that it was added with, whose processing can be waited for. */
	batch?: InputsProcessing;
	/** The labels that the input has now. */
	labels: Labels;
	/** The stored labels are others than those of the item. */
	labelsDiffer?: boolean;
	createdAt?: string;
	raw: JsonObject;
}

type Item = BatchItem<AddRequest, void>;

/** An item with the ID of its input. */
interface Identified extends Item {
	id: string;
}

type Outcome = AddResult | Error;

/** What a post says of an input: also that it was there. */
type Posted = Outcome | 'exists';

/** An input that is there, with its labels and what its item puts out. */
interface Stored {
	id: string;
	labels: Labels;
	result: AddResult;
}

/** What one run of the node adds. */
export class InputsRun {
	/** What this run has done with an input so far: the same content may come in several items. */
	private readonly byId = new Map<string, Promise<Outcome>>();

	constructor(private readonly context: IExecuteFunctions) {}

	async add(batch: Item[]): Promise<Outcome[]> {
		await this.makeDataset(batch[0]);
		const identified: Identified[] = [];
		for (const item of batch) identified.push({ ...item, id: await this.idOf(item) });

		const first: Array<{ item: Identified; settle: (outcome: Outcome) => void }> = [];
		const outcomes = identified.map(async (item) => {
			const key = inApp(item.request.scope, item.id).join('/');
			const earlier = this.byId.get(key);
			const outcome = earlier
				? earlier.then(async (before) => await this.addAgain(item, before))
				: new Promise<Outcome>((settle) => first.push({ item, settle }));
			this.byId.set(key, outcome);
			return await outcome;
		});
		const results = await this.addNew(first.map(({ item }) => item)).catch((error: unknown) =>
			first.map(() => asError(error)),
		);
		first.forEach(({ settle }, index) => settle(results[index]));
		return await Promise.all(outcomes);
	}

	/** Once for all items that want it. */
	private async makeDataset({ request, run }: Item): Promise<void> {
		const { scope, datasetId, createDataset } = request;
		if (datasetId === undefined || !createDataset) return;
		await run.client.cached([...datasetPath(scope, datasetId), 'made'], async () => {
			if (!(await findDataset(run.client, scope, datasetId)))
				await run.write(datasetWrite(scope, datasetId));
		});
	}

	/** The same input again in one run: it is there by now. */
	private async addAgain(item: Identified, before: Outcome): Promise<Outcome> {
		if (before instanceof Error) return before;
		const { ifExists, labels } = item.request;
		if (ifExists === 'fail') return alreadyThere(item);
		const differ = labelsDiffer(labels, before.labels);
		if (ifExists === 'update' && differ && before.inputId !== undefined) {
			const stored = { id: item.id, labels: before.labels, result: before };
			return (await this.patch([{ item, stored }])).get(item.id) ?? before;
		}
		if (differ) hintOfOtherLabels(item);
		return { ...before, status: 'exists', labelsDiffer: differ };
	}

	private async idOf({ request, run }: Item): Promise<string> {
		const known = request.inputId ?? (run.kept.inputId as string | undefined);
		if (known !== undefined) return known;
		const id = idOfContent(request.medium, await this.fileOf(request));
		run.kept.inputId = id;
		return id;
	}

	private async fileOf({ medium, itemIndex }: AddRequest): Promise<Buffer | undefined> {
		if (medium.source !== 'binary') return undefined;
		return await this.context.helpers.getBinaryDataBuffer(itemIndex, medium.property);
	}

	/** Looks which inputs are there, and adds or updates the others. */
	private async addNew(items: Identified[]): Promise<Outcome[]> {
		if (items.length === 0) return [];
		const [{ request, run }] = items;
		const ids = items.map(({ id }) => id);
		const there = await findInputs(run.client, request.scope, ids);
		const results = new Map<string, Outcome>();
		const existing: Identified[] = [];
		for (const item of items) {
			const input = there.get(item.id);
			if (!input) continue;
			// What an earlier try of this run may have added is this run's own.
			if (item.run.kept.sent === true) results.set(item.id, added(item, input));
			else existing.push(item);
		}
		const posted = await this.post(items.filter(({ id }) => !there.has(id)));
		for (const [id, outcome] of posted) {
			if (outcome !== 'exists') results.set(id, outcome);
		}
		// Lists may show an input late: Clarifai's answer to the post tells.
		const late = items.filter(({ id }) => posted.get(id) === 'exists');
		const handled = await this.handleExisting([...existing, ...late], there);
		return ids.map(
			(id) => results.get(id) ?? handled.get(id) ?? new Error(`Input ${id} was not answered for`),
		);
	}

	/** Adds inputs; a batch that is refused as a whole is halved until the bad one stands alone. */
	private async post(items: Identified[]): Promise<Map<string, Posted>> {
		if (items.length === 0) return new Map();
		const answered = await this.postOnce(items).catch((error: unknown) => asError(error));
		if (!(answered instanceof Error)) return answered;
		const mayBeOne = answered instanceof ClarifaiFailure && answered.isAboutInputs();
		if (items.length > 1 && mayBeOne) {
			const half = Math.ceil(items.length / 2);
			const [left, right] = await Promise.all([
				this.post(items.slice(0, half)),
				this.post(items.slice(half)),
			]);
			return new Map([...left, ...right]);
		}
		return new Map(items.map(({ id }) => [id, answered]));
	}

	private async postOnce(items: Identified[]): Promise<Map<string, Posted>> {
		const [{ request, run }] = items;
		const { scope } = request;
		// Chosen here, so that its processing can be followed.
		const jobId = `n8n-${run.token}-${items.length}`;
		for (const item of items) item.run.kept.sent = true;
		let isEcho = false;
		const { made } = await run.write<Input[]>({
			call: {
				method: 'POST',
				path: inApp(scope, 'inputs'),
				body: this.bodyOf(items, jobId),
				entries: 'inputs',
			},
			turn: inApp(scope, 'inputs', items[0].id).join('/'),
			read(answer) {
				// An answer after one that was lost may tell of what the lost one has done.
				isEcho = run.mayBeDone;
				return inputsOf(answer);
			},
			idOf: (inputs) => inputs[0]?.id,
			async look(client) {
				const ids = items.map(({ id }) => id);
				const found = await findInputs(client, scope, ids);
				return found.size > 0 ? [[...found.values()]] : [];
			},
			isOurs: () => true,
			there: [],
			isUnique: true,
			what: `adding ${items.length} inputs`,
			where: `the inputs of the app, ${portalUrl(scope, 'inputs')}`,
		});
		return await this.readAnswer(items, made, { jobId, isEcho });
	}

	private bodyOf(items: Identified[], jobId: string) {
		const size = items.reduce((sum, { request }) => sum + bytesOf(request.medium), 0);
		return fileBody(
			(place) => ({
				inputs: items.map(({ id, request }) => {
					const { medium, datasetId, allowDuplicateUrl } = request;
					const content =
						medium.source === 'binary'
							? { base64: place(async () => (await this.fileOf(request)) ?? Buffer.alloc(0)) }
							: medium.source === 'url'
								? { url: medium.url, ...(allowDuplicateUrl ? { allow_duplicate_url: true } : {}) }
								: { text: medium.text };
					return {
						id,
						...(datasetId === undefined ? {} : { dataset_ids: [datasetId] }),
						data: { ...mediumData(medium.type, content), ...labelData(request.labels) },
					};
				}),
				inputs_add_job_id: jobId,
			}),
			size,
		);
	}

	/** Mixed answers are read input by input; what a look has not found is sent again by itself. */
	private async readAnswer(
		items: Identified[],
		inputs: Input[],
		{ jobId, isEcho }: { jobId: string; isEcho: boolean },
	): Promise<Map<string, Posted>> {
		const byId = new Map(inputs.map((input) => [input.id, input]));
		const { scope } = items[0].request;
		const batch: InputsProcessing = { scope, jobId, ids: [] };
		const results = new Map<string, Posted>();
		for (const item of items) {
			const input = byId.get(item.id);
			if (!input) continue;
			const posted = postedOf(item, input, batch, isEcho);
			if (!(posted instanceof Error) && posted !== 'exists') batch.ids.push(item.id);
			results.set(item.id, posted);
		}
		const missing = items.filter(({ id }) => !byId.has(id));
		if (missing.length === items.length) throw notNamed(items, inputs);
		const again = await this.post(missing);
		for (const item of missing) {
			const posted = again.get(item.id);
			// It was sent before the execution was stopped, and the look did not find it so far.
			const isLeft = posted instanceof ClarifaiFailure && posted.kind === 'cancelled';
			if (posted) results.set(item.id, isLeft ? unknown(item, posted) : posted);
		}
		return results;
	}

	private async handleExisting(
		items: Identified[],
		there: Map<string, Input>,
	): Promise<Map<string, Outcome>> {
		const [first] = items;
		if (!first) return new Map();
		const { ifExists, scope } = first.request;
		if (ifExists === 'fail') return new Map(items.map((item) => [item.id, alreadyThere(item)]));
		const shown = items.every(({ id }) => there.has(id))
			? there
			: await findInputs(
					first.run.client,
					scope,
					items.map(({ id }) => id),
				);
		const batch: InputsProcessing = { scope, ids: items.map(({ id }) => id) };
		const existing = items.map((item) => ({ item, stored: storedOf(item, shown, batch) }));
		const joined = await this.joinDataset(existing, shown).catch((error: unknown) =>
			asError(error),
		);
		if (joined instanceof Error) return new Map(items.map(({ id }) => [id, joined]));
		if (ifExists === 'update') return await this.patch(existing);
		return new Map(existing.map(({ item, stored }) => [item.id, skipped(item, stored)]));
	}

	/** Inputs that are there join the dataset, too. */
	private async joinDataset(
		existing: Array<{ item: Identified }>,
		shown: Map<string, Input>,
	): Promise<void> {
		const [{ item: first }] = existing;
		const { scope, datasetId } = first.request;
		if (datasetId === undefined) return;
		const outside = existing.filter(
			({ item }) => !shown.get(item.id)?.datasetIds?.includes(datasetId),
		);
		if (outside.length === 0) return;
		await first.run.client.request({
			method: 'POST',
			path: [...datasetPath(scope, datasetId), 'inputs'],
			body: { dataset_inputs: outside.map(({ item }) => ({ input: { id: item.id } })) },
			// One that is a member already may be refused; the others join all the same.
			repeatable: true,
			entries: 'dataset_inputs',
		});
	}

	/**
	 * What the items say replaces what is stored. Clarifai's "overwrite" takes away what is not sent, so
	 * what an item does not say is sent as it is stored.
	 */
	private async patch(
		existing: Array<{ item: Identified; stored: Stored }>,
	): Promise<Map<string, Outcome>> {
		const results = new Map<string, Outcome>(
			existing.map(({ item, stored }) => [item.id, stored.result]),
		);
		const changed = existing
			.filter(({ item, stored }) => labelsDiffer(item.request.labels, stored.labels))
			.map(({ item, stored }) => ({
				item,
				result: stored.result,
				labels: { ...stored.labels, ...item.request.labels },
			}));
		if (changed.length === 0) return results;
		const [{ item: first }] = changed;
		const path = inApp(first.request.scope, 'inputs');
		const answer = await first.run.client.attempt({
			method: 'PATCH',
			path,
			body: {
				action: 'overwrite',
				inputs: changed.map(({ item, labels }) => ({ id: item.id, data: labelData(labels) })),
			},
			// The same labels again change nothing.
			repeatable: true,
			entries: 'inputs',
		});
		const answered = answer instanceof ClarifaiFailure ? [] : inputsOf(answer);
		for (const { item, labels, result } of changed) {
			const shown = answered.find(({ id }) => id === item.id);
			const isRefused = shown?.processing === 'failed';
			const updated: AddResult = {
				...result,
				status: 'updated',
				labels,
				raw: shown?.raw ?? result.raw,
			};
			const refused = isRefused ? refusal(shown, { method: 'PATCH', path }) : undefined;
			results.set(item.id, answer instanceof ClarifaiFailure ? answer : (refused ?? updated));
		}
		return results;
	}
}

function postedOf(
	item: Identified,
	input: Input,
	batch: InputsProcessing,
	isEcho: boolean,
): Posted {
	if (input.processing !== 'failed') return added(item, input, batch);
	// Nobody had it a moment ago, and this run has sent it once before.
	if (isDuplicateId(input)) return isEcho ? added(item, input, batch) : 'exists';
	if (isDuplicateUrl(input)) return duplicateUrl(item, input);
	const failure = refusal(input, { method: 'POST', path: inApp(item.request.scope, 'inputs') });
	return failure.isAboutInputs() ? failure : unknown(item, failure);
}

/** A status that says nothing of the input, beside the input: it may be there or not. */
function unknown({ id, request }: Identified, { facts }: ClarifaiFailure): ClarifaiFailure {
	return new ClarifaiFailure({
		...facts,
		kind: 'unclear',
		unknownWrite: {
			what: `adding input "${id}"`,
			where: `the inputs of the app, ${portalUrl(request.scope, 'inputs')}`,
			sentAt: new Date(time.date()).toISOString(),
			candidates: [],
		},
	});
}

function refusal(input: Input, call: Call): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'refused',
		message: input.statusDescription,
		details: input.statusDetails,
		code: input.statusCode,
		call,
	});
}

/** The numeric code of a duplicate is not established; the words are what clarifai-python goes by. */
function isDuplicateId({ statusDetails = '', statusDescription }: Input): boolean {
	return /duplicate id/i.test(`${statusDescription} ${statusDetails}`);
}

function isDuplicateUrl({ statusCode, statusDetails = '', statusDescription }: Input): boolean {
	const words = `${statusDescription} ${statusDetails}`;
	return (
		/duplicate.*url|url.*duplicate/i.test(words) ||
		(statusCode === StatusCode.INPUT_DUPLICATE && !/\bid\b/i.test(words))
	);
}

function added({ id, request }: Identified, input: Input, batch?: InputsProcessing): AddResult {
	return {
		inputId: id,
		status: 'added',
		isProcessed: input.processing === 'processed',
		batch: batch ?? { scope: request.scope, ids: [id] },
		labels: request.labels,
		createdAt: input.createdAt,
		raw: input.raw,
	};
}

/** @param shown what Clarifai's list shows by now; the input may be missing from it still */
function storedOf(
	{ id, request }: Identified,
	shown: Map<string, Input>,
	batch: InputsProcessing,
): Stored {
	const input = shown.get(id);
	const labels = input ? labelsOf(input.data) : request.labels;
	const result: AddResult = {
		inputId: id,
		status: 'exists',
		isProcessed: input?.processing === 'processed',
		batch,
		labels,
		createdAt: input?.createdAt,
		raw: input?.raw ?? { id },
	};
	return { id, labels, result };
}

function skipped(item: Identified, { labels, result }: Stored): AddResult {
	const differ = labelsDiffer(item.request.labels, labels);
	if (differ) hintOfOtherLabels(item);
	return { ...result, labelsDiffer: differ };
}

function hintOfOtherLabels({ run }: Identified): void {
	run.hint(
		"Inputs that exist have other labels than their items, and were left as they are (labelsDiffer). Set 'If Input Exists' to Update to replace them.",
	);
}

function duplicateUrl(item: Identified, input: Input): Outcome {
	if (item.request.ifExists === 'skip') {
		return { status: 'exists', isProcessed: true, labels: {}, raw: input.raw };
	}
	return new InputProblem(
		`The app has this URL already, as another input: ${input.statusDetails ?? input.statusDescription}`,
		"Give that input's ID in 'Input ID', or turn on 'Allow Duplicate URL' to add it again.",
	);
}

function alreadyThere({ id }: Identified): InputProblem {
	return new InputProblem(
		`Input "${id}" already exists`,
		"Choose another 'Input ID', or set 'If Input Exists' to Skip or Update.",
	);
}

function notNamed(items: Identified[], inputs: Input[]): ClarifaiFailure {
	return new ClarifaiFailure({
		kind: 'unclear',
		message: `Clarifai answered for ${inputs.length} inputs, and none of them is one of the ${items.length} that were sent`,
		call: { method: 'POST', path: inApp(items[0].request.scope, 'inputs') },
	});
}

function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
