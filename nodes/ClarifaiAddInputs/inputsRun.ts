import type { IExecuteFunctions } from 'n8n-workflow';
import { inApp } from '../shared/api/call';
import { readAhead, type PlaceFile, type ReadFile } from '../shared/api/fileBody';
import { findInputs, readInputs, type InputsProcessing } from '../shared/api/inputs';
import { WrittenList } from '../shared/api/writtenList';
import type { Input } from '../shared/clarifai/inputs';
import { readFileOf } from '../shared/parameters/mediaParameters';
import {
	added,
	existing,
	hasOtherLabels,
	skipped,
	type AddItem,
	type Existing,
	type Identified,
	type Outcome,
} from './addResult';
import { joinDataset, makeDataset } from './datasetMembers';
import { asError } from './halves';
import { idOfContent } from './inputId';
import { inputEntry, postInputs, sizeOfEntry } from './postInputs';
import { alreadyThere, notAnswered, notShown } from './refusals';
import { updateInputs } from './updateInputs';

/** What one run of the node adds. */
export class InputsRun {
	/** What this run has done with an input so far: the same content may come in several items. */
	private readonly byId = new Map<string, Promise<Outcome>>();
	/** Batches are identified one after the other, so that the first is soon on its way. */
	private identified: Promise<unknown> = Promise.resolve();

	constructor(private readonly context: IExecuteFunctions) {}

	async add(batch: AddItem[]): Promise<Outcome[]> {
		const size = batch
			.filter((item) => knownId(item) === undefined)
			.reduce((sum, { request }) => sum + sizeOfEntry(request), 0);
		const list = new WrittenList(batch[0].run.client.buffers, 'inputs', size);
		const outcomes = await this.addBatch(batch, list);
		list.giveBack();
		return outcomes;
	}

	private async addBatch(batch: AddItem[], list: WrittenList): Promise<Outcome[]> {
		const identifying = this.identified.then(async () => await this.identify(batch, list));
		this.identified = identifying.catch(() => undefined).then(() => undefined);
		const identified = await identifying;

		const first: Array<{ item: Identified; settle: (outcome: Outcome) => void }> = [];
		const outcomes = identified.map(async (item) => {
			const key = inApp(item.request.scope, item.id).join('/');
			const earlier = this.byId.get(key);
			const outcome = earlier
				? earlier.then(async (had) => await this.addAgain(item, had).catch(asError))
				: new Promise<Outcome>((settle) => first.push({ item, settle }));
			this.byId.set(key, outcome);
			return await outcome;
		});
		const items = first.map(({ item }) => item);
		const results = await this.addNew(items).catch((error: unknown) =>
			items.map(() => asError(error)),
		);
		first.forEach(({ settle }, index) => settle(results[index]));
		return await Promise.all(outcomes);
	}

	/** What is read for an ID is written for its request at once. */
	private async identify(batch: AddItem[], list: WrittenList): Promise<Identified[]> {
		const unread = batch.filter((item) => knownId(item) === undefined && hasFile(item));
		const contents = readAhead(unread.map((item) => this.fileOf(item)));
		const identified: Identified[] = [];
		for (const item of batch) {
			const known = knownId(item);
			if (known !== undefined) {
				identified.push({ ...item, id: known });
				continue;
			}
			const { request } = item;
			const file = hasFile(item) ? ((await contents.next()).value as Buffer) : undefined;
			const id = idOfContent(request.medium, file);
			item.run.kept.inputId = id;
			const compose = (place: PlaceFile) => inputEntry(id, request, place, this.fileOf(item));
			identified.push({ ...item, id, written: list.write(compose, file) });
		}
		return identified;
	}

	private fileOf({ request: { itemIndex, medium } }: AddItem): ReadFile {
		return readFileOf(this.context, itemIndex, medium);
	}

	/** The same input again in one run: it is there by now. */
	private async addAgain(item: Identified, before: Outcome): Promise<Outcome> {
		if (before instanceof Error) return before;
		const { ifExists, datasetId } = item.request;
		if (ifExists === 'fail') return alreadyThere(item.id);
		if (before.inputId === undefined) return before;
		if (datasetId !== undefined) {
			await makeDataset(item);
			await joinDataset([item]);
		}
		const again: Existing = { item, result: { ...before, status: 'exists' } };
		if (ifExists !== 'update') return skipped(again);
		return hasOtherLabels(item, before) ? (await updateInputs([again]))[0] : again.result;
	}

	/** Looks which inputs are there, and adds or updates the others. */
	private async addNew(items: Identified[]): Promise<Outcome[]> {
		if (items.length === 0) return [];
		const [{ request, run }] = items;
		await makeDataset(items[0]);
		const ids = items.map(({ id }) => id);
		const there = await findInputs(run.client, request.scope, ids);
		const results = new Map<string, Outcome>();
		const exist: Identified[] = [];
		for (const item of items) {
			const input = there.get(item.id);
			if (!input) continue;
			// What an earlier try of this run may have added is this run's own.
			if (item.run.kept.sent === true) results.set(item.id, added(item, input));
			else exist.push(item);
		}
		const unseen = items.filter(({ id }) => !there.has(id));
		const posted = await postInputs(unseen, (item) => this.fileOf(item));
		unseen.forEach((item, index) => {
			const outcome = posted[index];
			// Lists may show an input late: Clarifai's answer to the post tells.
			if (outcome === 'exists') exist.push(item);
			else results.set(item.id, outcome);
		});
		const handled = await handleExisting(exist, there).catch((error: unknown) =>
			exist.map(() => asError(error)),
		);
		exist.forEach(({ id }, index) => results.set(id, handled[index]));
		return ids.map((id) => results.get(id) ?? notAnswered(id, 'POST', request.scope));
	}
}

function knownId({ request, run }: AddItem): string | undefined {
	return request.inputId ?? (run.kept.inputId as string | undefined);
}

const hasFile = ({ request }: AddItem) => request.medium.source === 'binary';

async function handleExisting(items: Identified[], there: Map<string, Input>): Promise<Outcome[]> {
	const [first] = items;
	if (!first) return [];
	const { ifExists, scope, datasetId } = first.request;
	if (ifExists === 'fail') return items.map(({ id }) => alreadyThere(id));
	const late = items.flatMap(({ id }) => (there.has(id) ? [] : [id]));
	const shown = new Map([...there, ...(await readInputs(first.run.client, scope, late))]);
	const known = items.filter(({ id }) => shown.has(id));
	await joinDataset(known.filter(({ id }) => !isMember(shown.get(id)!, datasetId)));
	const batch: InputsProcessing = { scope, ids: known.map(({ id }) => id) };
	const exist = known.map((item) => existing(item, shown.get(item.id)!, batch));
	const outcomes = ifExists === 'update' ? await updateInputs(exist) : exist.map(skipped);
	const byId = new Map(known.map(({ id }, index) => [id, outcomes[index]]));
	return items.map(({ id }) => byId.get(id) ?? notShown(id, scope));
}

function isMember({ datasetIds = [] }: Input, datasetId: string | undefined): boolean {
	return datasetId !== undefined && datasetIds.includes(datasetId);
}
