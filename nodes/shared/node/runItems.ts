import type { IExecuteFunctions, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';
import { ClarifaiClient, NODE_HAS_FAILED } from '../api/client';
import { MAX_CONNECTIONS } from '../api/pacer';
import { DEFAULT_LIMITS, type RequestLimits } from '../api/transport';
import { Writer, type WritesMemory } from '../api/write';
import { plainText } from '../clarifai/plainText';
import { limitsOf } from '../parameters/commonProperties';
import { readCredential } from '../parameters/credentialParameters';
import { ItemParameters } from '../parameters/itemParameters';
import { inputProblemOf } from '../parameters/problems';
import { batchesOf, inBoundedBytes } from './batches';
import { MAX_CUSTOM_DATA, showOnExecution } from './customData';
import { longList, shortList } from './doneItems';
import type { ItemRun, ItemWork, Together } from './itemWork';
import { Outcomes } from './outcomes';
import { RunMemory, withEarlierTry, type ItemMemory } from './runMemory';

/** The execution's custom data in which a stopped node leaves what it had done. */
const STOPPED_KEY = 'clarifaiDoneBeforeStop';

const MAX_HINT = 1000;

/** For work that changes nothing. */
const NO_MEMORY: WritesMemory = {
	known: {},
	changes: {},
	inherited: [],
	mayHaveSiblings: false,
	items: () => [],
};

/**
 * Runs a node's work over all its items: output in input order with `pairedItem`, a bounded number
 * of items at once, per-item errors where the node continues on errors, nothing new after a stop or
 * a failure.
 *
 * All items are read before the first request, and checked before the first is carried out, so that a
 * run that cannot succeed changes nothing.
 */
export async function runItems<Request, Result, Checked>(
	context: IExecuteFunctions,
	work: ItemWork<Request, Result, Checked>,
): Promise<INodeExecutionData[][]> {
	const outcomes = new Outcomes(context, work.route);
	const run = new Run(context, work, outcomes);
	await run.all();
	return outcomes.outputs();
}

/** An item that has been read, on its way. */
interface ItemUnderWay<Request, Checked> {
	index: number;
	request: Request;
	run: ItemRun;
	checked?: Checked;
	/** What is remembered of it; absent for work that changes nothing. */
	known?: ItemMemory;
}

/** One run of a node: its steps, each over all items. */
class Run<Request, Result, Checked> {
	/** Fires once the node has failed with one of its items. */
	private readonly failed = new AbortController();
	/** Fires once the run is over, because the node has failed or the execution was stopped. */
	private readonly signal: AbortSignal;
	private items: Array<ItemUnderWay<Request, Checked>> = [];
	/** For what was started and goes on. */
	private readonly waits: Array<Promise<void>> = [];
	private readonly hints = new Set<string>();
	private memory: RunMemory | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly work: ItemWork<Request, Result, Checked>,
		private readonly outcomes: Outcomes<Result>,
	) {
		const stopped = context.getExecutionCancelSignal?.();
		this.signal = stopped ? AbortSignal.any([stopped, this.failed.signal]) : this.failed.signal;
	}

	async all(): Promise<void> {
		let client: ClarifaiClient;
		try {
			client = await this.prepare();
		} catch (error) {
			this.outcomes.failAll(error);
			return;
		}
		if (this.outcomes.failure) return;

		// n8n stores a stopped execution at once, without the output that this node still gives.
		const keepDone = () => this.keepDone();
		if (this.work.writes) this.signal.addEventListener('abort', keepDone);
		if (this.work.check) await this.forEach(this.items, async (item) => await this.check(item));
		await this.carryOut();
		await Promise.all(this.waits);
		this.tellUnclear();
		this.signal.removeEventListener('abort', keepDone);

		if (this.work.writes && client.wasStopped) {
			keepDone();
			const done = longList(this.outcomes.done());
			this.context.logger?.info(`${this.context.getNode().name} was stopped. Done before: ${done}`);
		}
		if (this.noTryFollows(client)) this.memory?.clear();
		this.showHints();
	}

	/**
	 * Reads every item.
	 * @throws InputProblem when the credential cannot be used
	 */
	private async prepare(): Promise<ClarifaiClient> {
		const { context, work } = this;
		const access = await readCredential(context);
		const read: Array<{ index: number; request: Request }> = [];
		let limits: RequestLimits | undefined;
		for (let index = 0; index < context.getInputData().length; index++) {
			try {
				const item = new ItemParameters(context, index, access.home, work.properties);
				const own = limitsOf(item);
				const request = await work.prepare(item);
				if (item.problems.length > 0) throw inputProblemOf(item.problems);
				limits ??= own;
				read.push({ index, request });
			} catch (error) {
				this.fail(index, error);
			}
		}
		const client = ClarifaiClient.of(context, access, limits ?? DEFAULT_LIMITS, this.signal);
		this.memory = work.writes ? RunMemory.of(context) : undefined;
		const writer = new Writer(client, this.memory?.writes ?? NO_MEMORY);
		this.items = read.map(({ index, request }) => {
			const known = this.memory?.item(index, request);
			return { index, request, known, run: this.runOf(index, client, writer, known) };
		});
		return client;
	}

	private runOf(
		itemIndex: number,
		client: ClarifaiClient,
		writer: Writer,
		known: ItemMemory = { request: '' },
	): ItemRun {
		return {
			client,
			itemIndex,
			token: `${this.memory?.token ?? ''}-${itemIndex}`,
			learn: async (write) => await writer.learn(write),
			write: async (write) => await writer.write(write, known),
			writeInTurn: async (write) => await writer.writeNow(write, known),
			inTurn: async (turn, work) => await writer.inTurn(turn, work),
			get mayBeDone() {
				return known.unclearSince !== undefined;
			},
			kept: (known.kept ??= {}),
			hint: (message) => this.hints.add(plainText(message, MAX_HINT)),
		};
	}

	private async check(item: ItemUnderWay<Request, Checked>) {
		const { request, run, known } = item;
		const isBegun = known?.done !== undefined || known?.started !== undefined;
		if (!isBegun) item.checked = await this.work.check!(request, run);
	}

	/** What an earlier try has done is put out again; the rest is carried out. */
	private async carryOut(): Promise<void> {
		const toDo: Array<ItemUnderWay<Request, Checked>> = [];
		for (const item of this.items.filter(({ index }) => !this.outcomes.hasFailed(index))) {
			const { done, started } = item.known ?? {};
			if (done) this.outcomes.succeed(item.index, done.items, done.route, done.files);
			else if (started !== undefined) await this.put(item, started as Result);
			else toDo.push(item);
		}
		const { work } = this;
		if (!('together' in work)) {
			await this.forEach(toDo, async (item) => {
				const { request, run, checked } = item;
				await this.put(item, await work.perform(request, run, checked as Checked));
			});
			return;
		}
		const { together } = work;
		const bounded = inBoundedBytes();
		await inParallel(batchesOf(toDo, together), this.signal, async ({ items, bytes }) => {
			await bounded(bytes, async () => await this.performBatch(together, items));
		});
	}

	private async performBatch(
		together: Together<Request, Result, Checked>,
		items: Array<ItemUnderWay<Request, Checked>>,
	) {
		if (this.signal.aborted) return;
		const batch = items.map(({ request, run, checked }) => ({
			request,
			run,
			checked: checked as Checked,
		}));
		let results: Array<Result | Error>;
		try {
			results = await together.perform(batch);
		} catch (error) {
			items.forEach(({ index, known }) => this.fail(index, error, known));
			return;
		}
		for (const [place, item] of items.entries()) {
			const result = results[place];
			try {
				if (result instanceof Error) throw result;
				await this.put(item, result);
			} catch (error) {
				this.fail(item.index, error, item.known);
			}
		}
	}

	/** Puts an item's result out, and waits for what it started. */
	private async put(item: ItemUnderWay<Request, Checked>, result: Result): Promise<void> {
		const { settle } = this.work;
		if (!settle) {
			await this.finish(item, result);
			return;
		}
		// A training that goes on is an output, too, should the wait be cut short.
		await this.show(item, result);
		if (item.known) item.known.started = result;
		this.waits.push(this.settle(item, settle.call(this.work, result, item.request, item.run)));
	}

	private async settle(item: ItemUnderWay<Request, Checked>, settling: Promise<Result>) {
		try {
			const result = await settling;
			// A wait that a stop or another item's error has cut short is no end: a retry goes on with it.
			if (this.signal.aborted) await this.show(item, result);
			else await this.finish(item, result);
		} catch (error) {
			this.fail(item.index, error, item.known);
		}
	}

	private async finish(item: ItemUnderWay<Request, Checked>, result: Result): Promise<void> {
		const done = await this.show(item, result);
		if (item.known) item.known.done = done;
	}

	private async show({ index, request }: ItemUnderWay<Request, Checked>, result: Result) {
		const items = await this.work.output(result, request);
		const files = await this.work.files?.(result, request);
		const route = this.work.route?.of(result) ?? 0;
		this.outcomes.succeed(index, items, route, files);
		return { items, route, files };
	}

	/** What an earlier try left unclear, and this one did not get to before it was over. */
	private tellUnclear() {
		for (const { index, known } of this.items) {
			if (this.outcomes.isTold(index)) continue;
			const unclear = withEarlierTry(known);
			if (unclear !== undefined) this.fail(index, unclear);
		}
	}

	private fail(index: number, error: unknown, known?: ItemMemory): void {
		this.outcomes.fail(index, withEarlierTry(known, error));
		if (this.outcomes.failure) this.failed.abort(NODE_HAS_FAILED);
	}

	/** A bounded number at once; no further one after a stop, or once the node has failed. */
	private async forEach<Entry extends { index: number; known?: ItemMemory }>(
		entries: Entry[],
		step: (entry: Entry) => Promise<void>,
	): Promise<void> {
		await inParallel(entries, this.signal, async (entry) => {
			if (this.outcomes.hasFailed(entry.index)) return;
			try {
				await step(entry);
			} catch (error) {
				this.fail(entry.index, error, entry.known);
			}
		});
	}

	private keepDone() {
		const done = this.outcomes.done();
		if (done.length === 0) return;
		const list = shortList(this.context.getNode().name, done, MAX_CUSTOM_DATA - 1);
		showOnExecution(this.context, STOPPED_KEY, list);
	}

	/** A node that goes on with its errors is not run again, unless it is set to retry. */
	private noTryFollows(client: ClarifaiClient): boolean {
		if (!this.outcomes.hasFailures) return true;
		const mayRetry = this.context.getNode().retryOnFail || client.wasStopped;
		return this.context.continueOnFail() && !mayRetry;
	}

	private showHints() {
		if (this.hints.size === 0) return;
		// Absent in older versions of n8n.
		this.context.addExecutionHints?.(
			...[...this.hints].map((message): NodeExecutionHint => ({ message, location: 'outputPane' })),
		);
	}
}

/** Takes entries on in their order, as many at once as there are connections, until the signal fires. */
async function inParallel<Entry>(
	entries: Entry[],
	signal: AbortSignal,
	step: (entry: Entry) => Promise<void>,
): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < entries.length && !signal.aborted) await step(entries[next++]);
	};
	const workers = Math.min(MAX_CONNECTIONS, entries.length);
	await Promise.all(Array.from({ length: workers }, worker));
}
