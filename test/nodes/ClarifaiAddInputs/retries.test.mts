import type { IRunExecutionData } from 'n8n-workflow';
import { addresses, byUrl, numbered, pictures } from '../media.mts';
import { bodiesOf, locate, setUp, type InProcessSetUp } from '../setup.mts';
import { chain, type RunHandle } from '../../tools/engine/engine.mts';
import { flatted } from '../../tools/engine/n8n.mts';
import type { FaultRule } from '../../tools/emulator/faults.mts';

const NODE = 'clarifaiAddInputs';
const named = { inputId: '={{ $json.name }}' };
const goesOn = { onError: 'continueErrorOutput' } as const;
const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } as const;

let platform: InProcessSetUp;

beforeEach(async () => {
	platform = await setUp();
});

const made = () => platform.emulator.book.of('input').map(({ id }) => id);
const posts = () => bodiesOf(platform.emulator, 'PostInputs').length;

describe('an answer that was lost', () => {
	it.each<[string, Partial<FaultRule> & Pick<FaultRule, 'kind'>]>([
		['before it was carried out', { kind: 'resetBefore' }],
		['after it was carried out', { kind: 'resetAfter' }],
		['cut in half', { kind: 'truncatedJson' }],
		['empty', { kind: 'emptyBody' }],
		['at the gateway', { kind: 'http504' }],
		['and is carried out later', { kind: 'http504', carriedOutAfterSeconds: 1 }],
		['for ever', { kind: 'hang', carriedOut: true }],
	])('%s adds each input once, as added', async (_how, fault) => {
		platform.emulator.faults.add({ ...fault, rpc: 'PostInputs', times: 1 });
		const names = numbered(130);

		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, ...named },
			{ items: addresses(...names) },
		);

		expect(error).toBeUndefined();
		expect(json.map(({ inputId, status, processing }) => [inputId, status, processing])).toEqual(
			names.map((name) => [name, 'added', 'processed']),
		);
		expect(made().sort()).toEqual([...names].sort());
	});

	it('and a refusal of the second try for one input are told apart', async () => {
		platform.emulator.addLabelledInputs(undefined, [
			{ id: 'other', url: 'https://files.example/b.jpg', concepts: ['cat'] },
		]);
		platform.emulator.faults.add({ kind: 'resetAfter', rpc: 'PostInputs', times: 1 });

		const { json } = await platform.run(
			NODE,
			{ ...byUrl, ...named },
			{ items: addresses('a', 'b', 'c'), settings: goesOn },
		);

		expect(json).toMatchObject([
			{ inputId: 'a', status: 'added' },
			{ inputId: null, status: 'exists', duplicateUrl: true },
			{ inputId: 'c', status: 'added' },
		]);
		expect(made().sort()).toEqual(['a', 'c']);
	});
});

it('an answer of HTTP 202 is taken for what it says', async () => {
	platform.emulator.untidiness = { accepted: 1 };

	const { json, error } = await platform.run(NODE, named, { items: pictures('a', 'b') });

	expect(error).toBeUndefined();
	expect(json).toMatchObject([
		{ inputId: 'a', status: 'added', processing: 'processed' },
		{ inputId: 'b', status: 'added', processing: 'processed' },
	]);
	expect(made()).toEqual(['a', 'b']);
});

describe('Retry On Fail', () => {
	it('adds the rest, and puts out what the first try has added', async () => {
		platform.emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'PostInputs',
			times: 1,
			skip: 1,
			code: 11009,
		});
		const names = numbered(300);

		const { json, error } = await platform.run(
			NODE,
			{ ...byUrl, ...named },
			{ items: addresses(...names), settings: retry },
		);

		expect(error).toBeUndefined();
		expect(json.map(({ inputId, status }) => [inputId, status])).toEqual(
			names.map((name) => [name, 'added']),
		);
		expect(made()).toHaveLength(300);
	});

	it('knows as its own what an unclear first try may have added', async () => {
		platform.emulator.faults.add({ kind: 'resetAfter', rpc: 'PostInputs', times: 1 });
		platform.emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'ListInputs',
			times: 1,
			code: 11009,
			when: () => posts() > 0,
		});

		const { json, error } = await platform.run(NODE, named, {
			items: pictures('a', 'b'),
			settings: retry,
		});

		expect(error).toBeUndefined();
		expect(json.map(({ status }) => status)).toEqual(['added', 'added']);
		expect(made()).toEqual(['a', 'b']);
	});

	it('sends all in one request, also those whose files the first try has read', async () => {
		const items = pictures('a', 'b', 'c');
		const file = items[1].binary!.data;
		const { data } = file;
		let reads = 0;
		Object.defineProperty(file, 'data', {
			enumerable: true,
			get() {
				if (reads++ === 0) throw new Error('The disk is away');
				return data;
			},
		});
		file.bytes = data.length;

		const { json, error } = await platform.run(NODE, {}, { items, settings: retry });

		expect(error).toBeUndefined();
		expect(json.map(({ status }) => status)).toEqual(['added', 'added', 'added']);
		expect(posts()).toBe(1);
	});

	it('does not take for its own what was there before a refusal', async () => {
		platform.emulator.addLabelledInputs(undefined, [
			{ id: 'a', url: 'https://files.example/a.jpg', concepts: ['cat'] },
		]);
		platform.emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'PostInputs',
			times: 1,
			code: 11009,
		});

		const { json } = await platform.run(NODE, named, {
			items: pictures('a', 'b'),
			settings: retry,
		});

		expect(json.map(({ status }) => status)).toEqual(['exists', 'added']);
	});

	it('creates the dataset once', async () => {
		platform.emulator.faults.add({
			kind: 'okWithFailureStatus',
			rpc: 'PostInputs',
			times: 1,
			code: 11009,
		});

		const { json, error } = await platform.run(
			NODE,
			{ ...named, dataset: locate('id', 'photos'), additionalFields: { createDataset: true } },
			{ items: pictures('a'), settings: retry },
		);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'added', datasetId: 'photos' }]);
		expect(platform.emulator.book.of('dataset')).toHaveLength(1);
	});
});

it('"Retry" in the list of executions adds the rest, and puts out what the failed one has added', async () => {
	platform.emulator.faults.add({
		kind: 'okWithFailureStatus',
		rpc: 'PostInputs',
		times: 1,
		skip: 1,
		code: 11009,
	});
	const names = numbered(300);
	const node = platform.engine.node(NODE, { ...byUrl, ...named });
	const workflow = chain(node);
	const failed = await platform.engine.run(workflow, {
		items: addresses(...names).map((json) => ({ json })),
	});
	expect(failed.status).toBe('error');
	// As n8n's: goes on from the node that failed, with what was stored of the failed execution.
	const data = flatted.parse(failed.serialized()) as IRunExecutionData;
	delete data.resultData.error;
	data.resultData.runData[data.resultData.lastNodeExecuted!].pop();

	const retried = await platform.engine.run(workflow, {
		continueFrom: { ...failed, serialized: () => flatted.stringify(data) },
	});

	const said = retried.outputs(node.name).map(({ json }) => [json.inputId, json.status]);
	expect(said).toEqual(names.map((name) => [name, 'added']));
	expect(made()).toHaveLength(300);
});

describe('Stop', () => {
	it('keeps what was added, and says what it was', async () => {
		let handle: RunHandle | undefined;
		let seen = 0;
		platform = await setUp({
			processingSeconds: 600,
			onRequest: ({ rpc }) => {
				if (rpc === 'PostInputs' && ++seen === 3) handle?.cancel();
			},
		});
		const names = numbered(2000);
		const node = platform.engine.node(NODE, { ...byUrl, ...named });

		handle = platform.engine.start(chain(node), {
			items: addresses(...names).map((json) => ({ json })),
		});
		const run = await handle.done;

		expect(run.status).toBe('canceled');
		const reported = run.outputs(node.name).map(({ json }) => json.inputId);
		expect(reported.length).toBeGreaterThan(0);
		expect(reported.length).toBeLessThan(2000);
		expect(new Set(reported)).toEqual(new Set(made()));
		expect(run.customData.clarifaiDoneBeforeStop).toContain('p0; p1; p2');
	});

	it('during the wait for the processing leaves the inputs as pending', async () => {
		let handle: RunHandle | undefined;
		platform = await setUp({
			processingSeconds: 600,
			onRequest: ({ rpc }) => {
				if (rpc === 'GetInputsAddJob') handle?.cancel();
			},
		});
		const node = platform.engine.node(NODE, named);

		handle = platform.engine.start(chain(node), { items: pictures('a') });
		const run = await handle.done;

		expect(run.status).toBe('canceled');
		expect(run.outputs(node.name)).toMatchObject([
			{ json: { inputId: 'a', status: 'added', processing: 'pending' } },
		]);
		expect(platform.emulator.book.of('addJobCancellation')).toEqual([]);
	});
});
