import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';
import { ClarifaiClient } from '../api/client';
import { MAX_CONNECTIONS } from '../api/pacer';
import { plainText } from '../clarifai/plainText';
import { limitsOf } from './commonProperties';
import { MAX_CUSTOM_DATA, showOnExecution } from './customData';
import { longList, shortList } from './doneItems';
import { ItemParameters } from './itemParameters';
import type { ItemWork, NodeRun } from './itemWork';
import { Outcomes } from './outcomes';
import { RunMemory, type ItemMemory } from './runMemory';

/** The execution's custom data in which a stopped node leaves what it had done. */
const STOPPED_KEY = 'clarifaiDoneBeforeStop';

const MAX_HINT = 1000;

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
	let client: ClarifaiClient;
	try {
		client = await connect(context);
	} catch (error) {
		outcomes.failAll(error);
		return outcomes.outputs();
	}
	const run = new ItemsRun(context, work, client, outcomes);
	await run.prepare();
	if (!outcomes.failure) await run.carryOut();
	return outcomes.outputs();
}

async function connect(context: IExecuteFunctions): Promise<ClarifaiClient> {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	return await ClarifaiClient.connect(context, limitsOf(options));
}

interface ItemUnderWay<Request> {
	index: number;
	request: Request;
	run: NodeRun;
	/** What is remembered of it; absent for work that changes nothing. */
	known?: ItemMemory;
}

/** The steps of one run of a node, each over all items. */
class ItemsRun<Request, Result, Checked> {
	private readonly count: number;
	/** Absent for an item that has failed. */
	private readonly requests: Array<Request | undefined>;
	private readonly checks: Checked[] = [];
	/** For what was started and goes on. */
	private readonly waits: Array<Promise<void>> = [];
	private readonly hints = new Set<string>();
	private readonly memory: RunMemory | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly work: ItemWork<Request, Result, Checked>,
		private readonly client: ClarifaiClient,
		private readonly outcomes: Outcomes<Result>,
	) {
		this.count = context.getInputData().length;
		this.requests = new Array<Request | undefined>(this.count);
		this.memory = work.writes ? RunMemory.of(context) : undefined;
	}

	/** Reads every item. */
	async prepare(): Promise<void> {
		for (let index = 0; index < this.count; index++) {
			try {
				const item = new ItemParameters(this.context, index, this.client.home);
				this.requests[index] = await this.work.prepare(item);
			} catch (error) {
				this.outcomes.fail(index, error);
			}
		}
	}

	/** Checks every item, carries it out, and waits for what it started. */
	async carryOut(): Promise<void> {
		const { signal } = this.client;
		// n8n stores a stopped execution at once, without the output that this node still gives.
		const keepDone = () => this.keepDone();
		if (this.work.writes) signal?.addEventListener('abort', keepDone);

		if (this.work.check) await this.forEachItem(async (item) => await this.check(item));
		await this.forEachItem(async (item) => await this.perform(item));
		await Promise.race([Promise.all(this.waits), this.outcomes.failed]);

		signal?.removeEventListener('abort', keepDone);
		if (this.work.writes && signal?.aborted) {
			keepDone();
			const done = longList(this.outcomes.done());
			this.context.logger?.info(`${this.context.getNode().name} was stopped. Done before: ${done}`);
		}
		if (this.noTryFollows()) this.memory?.clear();
		this.showHints();
	}

	private async check({ index, request, run, known }: ItemUnderWay<Request>) {
		const isBegun = known?.done !== undefined || known?.started !== undefined;
		if (!isBegun) this.checks[index] = await this.work.check!(request, run);
	}

	private async perform(item: ItemUnderWay<Request>) {
		const { index, request, run, known } = item;
		if (known?.done) {
			this.outcomes.succeed(index, known.done.items, known.done.route);
			return;
		}
		const started = known?.started as Result | undefined;
		const result = started ?? (await this.work.perform(request, run, this.checks[index]));
		if (!this.work.settle) {
			this.put(item, result, known);
			return;
		}
		// A training that goes on is an output, too, should the wait be cut short.
		this.put(item, result);
		if (known) known.started = result;
		this.waits.push(this.settle(item, this.work.settle(result, request, run)));
	}

	private async settle(item: ItemUnderWay<Request>, settling: Promise<Result>) {
		try {
			const result = await settling;
			// A wait that a stop or another item's error has cut short is no end: a retry goes on with it.
			const isCutShort = this.outcomes.failure !== undefined || this.client.signal?.aborted;
			this.put(item, result, isCutShort ? undefined : item.known);
		} catch (error) {
			this.outcomes.fail(item.index, error);
		}
	}

	/** @param known where to remember that the item is done */
	private put({ index, request }: ItemUnderWay<Request>, result: Result, known?: ItemMemory) {
		const items = this.work.output(result, request);
		const route = this.work.route?.of(result) ?? 0;
		this.outcomes.succeed(index, items, route);
		if (known) known.done = { items, route };
	}

	/** A bounded number of items at once; no further one after a stop, or once the node has failed. */
	private async forEachItem(step: (item: ItemUnderWay<Request>) => Promise<void>): Promise<void> {
		let next = 0;
		const worker = async () => {
			while (next < this.count && !this.outcomes.failure && !this.client.signal?.aborted) {
				const index = next++;
				const request = this.requests[index];
				if (request === undefined) continue;
				const known = this.memory?.item(index, request);
				try {
					await step({ index, request, run: this.runOf(known), known });
				} catch (error) {
					this.outcomes.fail(index, error);
					this.requests[index] = undefined;
				}
			}
		};
		await Promise.all(Array.from({ length: Math.min(MAX_CONNECTIONS, this.count) }, worker));
	}

	private runOf(known: ItemMemory | undefined): NodeRun {
		return {
			client: this.client,
			earlier: known ?? {},
			claimed: this.memory?.claimed ?? [],
			hint: (message) => this.hints.add(plainText(message, MAX_HINT)),
			isOver: () => this.outcomes.failure !== undefined,
		};
	}

	private keepDone() {
		const done = this.outcomes.done();
		if (done.length === 0) return;
		const list = shortList(this.context.getNode().name, done, MAX_CUSTOM_DATA - 1);
		showOnExecution(this.context, STOPPED_KEY, list);
	}

	/** A node that goes on with its errors is not run again, unless it is set to retry. */
	private noTryFollows(): boolean {
		if (!this.outcomes.hasFailures) return true;
		const mayRetry = this.context.getNode().retryOnFail || this.client.signal?.aborted;
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
