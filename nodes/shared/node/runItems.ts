import {
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type NodeApiError,
	type NodeExecutionHint,
	type NodeOperationError,
} from 'n8n-workflow';
import { ClarifaiClient, DEFAULT_LIMITS, type EarlierTry } from '../api/client';
import { ClarifaiFailure } from '../api/failures';
import { MAX_CONNECTIONS } from '../api/pacer';
import { plainText } from '../clarifai/plainText';
import { toNodeError } from './errors';
import { checkNumber, ItemParameters, orDefault } from './itemParameters';
import { RunMemory, type ItemMemory } from './runMemory';

/** What a node does with each of its items. */
export interface ItemWork<Request, Result, Checked = void> {
	/** Reads and checks one item's parameters. Sends nothing. Throws InputProblem. */
	prepare(item: ItemParameters): Request | Promise<Request>;
	/**
	 * Holds the request against what Clarifai knows, and changes nothing. All items are checked before
	 * the first is carried out.
	 */
	check?(request: Request, run: NodeRun): Promise<Checked>;
	/** Carries out the request at Clarifai. */
	perform(request: Request, run: NodeRun, checked: Checked): Promise<Result>;
	/** Waits for what `perform` started. Holds no place among the items under way. */
	settle?(result: Result, request: Request, run: NodeRun): Promise<Result>;
	/** The item's output. */
	output(result: Result, request: Request): IDataObject[];
	/** For a node with several outputs. */
	route?: Route<Result>;
	/** The work changes something at Clarifai: a repeated try must not do again what is done. */
	writes: boolean;
}

/** Which of a node's outputs an item leaves by, counted from 0. */
export interface Route<Result> {
	outputs: number;
	of(result: Result): number;
	/** Where items with an error go when the node continues with its regular outputs. */
	ofErrors: number;
}

/** One run of a node, as its work on one item sees it. */
export interface NodeRun {
	client: ClarifaiClient;
	/** What an earlier try of this run left unclear, for `ClarifaiClient.writeOnce`. */
	earlier: EarlierTry;
	/** IDs at Clarifai that belong to other items of this run. */
	claimed: string[];
	/** Shows a notice on the node once it has run; the same text only once. */
	hint(message: string): void;
	/** Whether the node has ended with another item's error, so that nobody waits for this one. */
	isOver(): boolean;
}

type NodeError = NodeApiError | NodeOperationError;

/** What one item leaves the node with. */
interface ItemOutput {
	route: number;
	items: INodeExecutionData[];
	failed?: boolean;
}

/** Items named in an error as done before it, at most; the error's data has them all. */
const MAX_LISTED = 20;

/** The execution's custom data in which a stopped node leaves what it had done. */
const STOPPED_KEY = 'clarifaiDoneBeforeStop';

const MAX_HINT = 1000;

/** n8n's limit for one value of custom data. */
const MAX_CUSTOM_DATA = 512;

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
	const node = context.getNode();
	const count = context.getInputData().length;
	const continues = context.continueOnFail();
	const outputs = new Array<ItemOutput | undefined>(count);
	const requests = new Array<Request | undefined>(count);
	const checks = new Array<Checked | undefined>(count);
	let failed = false;
	let failure: { index: number; error: NodeError } | undefined;

	const fail = (index: number, thrown: unknown) => {
		failed = true;
		// After a stop, what was not carried out is no failure of its item.
		if (thrown instanceof ClarifaiFailure && thrown.kind === 'cancelled') return;
		const error = toNodeError(node, thrown, index);
		if (continues) {
			const items = [errorItem(error, index)];
			outputs[index] = { route: work.route?.ofErrors ?? 0, items, failed: true };
		} else if (!failure || index < failure.index) failure = { index, error };
	};

	let client: ClarifaiClient;
	try {
		client = await connect(context);
	} catch (error) {
		for (let index = 0; index < count; index++) fail(index, error);
		return finish();
	}

	for (let index = 0; index < count; index++) {
		try {
			requests[index] = await work.prepare(new ItemParameters(context, index, client.home));
		} catch (error) {
			fail(index, error);
		}
	}
	if (failure) return finish();

	const hints = new Set<string>();
	const memory = work.writes ? RunMemory.of(context) : undefined;
	const settling: Array<Promise<void>> = [];
	let giveUp: () => void = () => undefined;
	const givenUp = new Promise<void>((resolve) => (giveUp = resolve));
	// n8n stores a stopped execution at once, without the output that this node still gives.
	const keepDone = () => {
		const done = doneItems();
		if (done.length > 0) context.customData?.set(STOPPED_KEY, shortList(node.name, done));
	};
	if (work.writes) client.signal?.addEventListener('abort', keepDone);

	const show = (index: number, jsons: IDataObject[], route: number) => {
		outputs[index] = {
			route,
			items: jsons.map((json) => ({ json, pairedItem: { item: index } })),
		};
	};
	const put = (index: number, result: Result, known?: ItemMemory) => {
		const jsons = work.output(result, requests[index] as Request);
		const route = work.route?.of(result) ?? 0;
		show(index, jsons, route);
		if (known) known.done = { items: jsons, route };
	};
	const failAndStop = (index: number, error: unknown) => {
		fail(index, error);
		if (failure) giveUp();
	};
	const forEachItem = async (
		step: (index: number, request: Request, run: NodeRun, known?: ItemMemory) => Promise<void>,
	) => {
		let next = 0;
		const worker = async () => {
			while (next < count && !failure && !client.signal?.aborted) {
				const index = next++;
				if (requests[index] === undefined) continue;
				const request = requests[index] as Request;
				const known = memory?.item(index, request);
				const run: NodeRun = {
					client,
					earlier: known ?? {},
					claimed: memory?.claimed ?? [],
					hint: (message) => hints.add(plainText(message, MAX_HINT)),
					isOver: () => failure !== undefined,
				};
				try {
					await step(index, request, run, known);
				} catch (error) {
					failAndStop(index, error);
					requests[index] = undefined;
				}
			}
		};
		await Promise.all(Array.from({ length: Math.min(MAX_CONNECTIONS, count) }, worker));
	};
	if (work.check) {
		await forEachItem(async (index, request, run, known) => {
			const isBegun = known?.done !== undefined || known?.started !== undefined;
			if (!isBegun) checks[index] = await work.check?.(request, run);
		});
	}
	await forEachItem(async (index, request, run, known) => {
		if (known?.done) return show(index, known.done.items, known.done.route);
		const result =
			(known?.started as Result | undefined) ??
			(await work.perform(request, run, checks[index] as Checked));
		const settle = work.settle?.(result, request, run);
		put(index, result, settle ? undefined : known);
		if (!settle) return;
		if (known) known.started = result;
		settling.push(
			settle.then(
				// A wait that a stop or another item's error has cut short is no end: a retry goes on with it.
				(settled) => put(index, settled, failure || client.signal?.aborted ? undefined : known),
				(error) => failAndStop(index, error),
			),
		);
	});
	await Promise.race([Promise.all(settling), givenUp]);

	client.signal?.removeEventListener('abort', keepDone);
	if (work.writes && client.signal?.aborted) {
		keepDone();
		context.logger?.info(`${node.name} was stopped. Done before: ${longList(doneItems())}`);
	}
	// A node that goes on with its errors is not run again, unless it is set to retry.
	if (!failed || (continues && !node.retryOnFail && !client.signal?.aborted)) memory?.clear();
	if (hints.size > 0) {
		// Absent in older versions of n8n.
		context.addExecutionHints?.(
			...[...hints].map((message): NodeExecutionHint => ({ message, location: 'outputPane' })),
		);
	}
	return finish();

	function finish(): INodeExecutionData[][] {
		if (!failure) {
			return Array.from({ length: work.route?.outputs ?? 1 }, (_none, route) =>
				outputs.flatMap((output) => (output?.route === route ? output.items : [])),
			);
		}
		const { error } = failure;
		const done = doneItems();
		if (done.length > 0) {
			const more = done.length > MAX_LISTED ? ` and ${done.length - MAX_LISTED} more` : '';
			error.description = `${error.description ?? ''} Done in this run before the node stopped: ${longList(done.slice(0, MAX_LISTED))}${more}.`;
			// Shown in full among the error's details.
			error.context.data = { done };
		}
		throw error;
	}

	function doneItems(): DoneItem[] {
		return outputs.flatMap((output, item) => {
			const [first] = output?.items ?? [];
			return first && !output?.failed ? [{ item, ...idsOf(first.json) }] : [];
		});
	}
}

async function connect(context: IExecuteFunctions): Promise<ClarifaiClient> {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const rate = orDefault(options.maxRequestsPerSecond, DEFAULT_LIMITS.requestsPerSecond);
	const timeout = orDefault(options.requestTimeoutSeconds, DEFAULT_LIMITS.timeoutMs / 1000);
	return await ClarifaiClient.connect(context, {
		requestsPerSecond: checkNumber(rate, 'Max Requests per Second', 0),
		timeoutMs: checkNumber(timeout, 'Request Timeout', 1) * 1000,
	});
}

/**
 * n8n takes an item with exactly these fields for an error, and adds the input's fields to it on the
 * error branch. `error` on the item itself would make it drop all of them but the message.
 */
function errorItem({ message, description }: NodeError, itemIndex: number): INodeExecutionData {
	return {
		json: { error: message, message, details: description ?? message },
		pairedItem: { item: itemIndex },
	};
}

const ID_KEYS = [
	'modelId',
	'modelVersionId',
	'pipelineRunId',
	'workflowId',
	'defaultWorkflowId',
	'id',
];

/** An item that has been carried out, with the IDs of its output. */
type DoneItem = { item: number } & Record<string, string | number>;

function idsOf(json: IDataObject): Record<string, string> {
	return Object.fromEntries(
		ID_KEYS.flatMap((key) => {
			const id = json[key];
			return typeof id === 'string' ? [[key, id]] : [];
		}),
	);
}

function longList(done: DoneItem[]): string {
	return done
		.map(({ item, ...ids }) => {
			const named = Object.entries(ids).map(([key, id]) => `${key} ${id}`);
			return `item ${item}: ${named.join(', ') || 'done'}`;
		})
		.join('; ');
}

/** As many of the items as custom data has room for, by their IDs alone. */
function shortList(nodeName: string, done: DoneItem[]): string {
	let list = `${nodeName}, ${done.length} done: `;
	for (const { item, ...ids } of done) {
		const entry = `${Object.values(ids).join('/') || `item ${item}`}; `;
		if (list.length + entry.length > MAX_CUSTOM_DATA - 1) return `${list}…`;
		list += entry;
	}
	return list;
}
