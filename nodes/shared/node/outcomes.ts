import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { ClarifaiFailure, type UnknownWrite } from '../api/failures';
import { doneItem, longList, type DoneItem } from './doneItems';
import { toNodeError } from './errors';
import type { Route } from './itemWork';
import { isTool } from './tool';

/** Items named in an error as done before it, at most; the error's data has them all. */
const MAX_LISTED = 20;

type NodeError = NodeApiError | NodeOperationError;

/** What one item leaves the node with. */
interface ItemOutput {
	route: number;
	items: INodeExecutionData[];
	failed?: boolean;
}

/** What became of each item, and of the node as a whole. */
export class Outcomes<Result> {
	/** The error that ends the node: the one of the first item, of those that have failed. */
	failure: { index: number; error: NodeError } | undefined;
	/** Whether any item has failed, also where the node continues. */
	hasFailures = false;
	private readonly node: INode;
	private readonly byItem: Array<ItemOutput | undefined>;
	private readonly failedItems = new Set<number>();
	private readonly toldItems = new Set<number>();
	/** What may have been carried out by items whose error is not the one that is shown. */
	private readonly unknownWrites = new Map<number, UnknownWrite>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly route: Route<Result> | undefined,
	) {
		this.node = context.getNode();
		this.byItem = new Array<ItemOutput | undefined>(context.getInputData().length);
	}

	/** @param files those of the first item of the output */
	succeed(index: number, jsons: IDataObject[], route: number, files: IBinaryKeyData = {}) {
		const items = jsons.map((json, place): INodeExecutionData => {
			const hasFiles = place === 0 && Object.keys(files).length > 0;
			return { json, pairedItem: { item: index }, ...(hasFiles ? { binary: files } : {}) };
		});
		this.byItem[index] = { route, items };
		this.toldItems.add(index);
	}

	fail(index: number, thrown: unknown) {
		this.hasFailures = true;
		this.failedItems.add(index);
		// After a stop, what was not carried out is no failure of its item.
		if (thrown instanceof ClarifaiFailure && thrown.kind === 'cancelled') return;
		this.toldItems.add(index);
		const error = toNodeError(this.node, thrown, index);
		if (this.context.continueOnFail()) {
			const items = [errorItem(error, index)];
			this.byItem[index] = { route: this.route?.ofErrors ?? 0, items, failed: true };
			return;
		}
		const { unknownWrite } = thrown instanceof ClarifaiFailure ? thrown.facts : {};
		if (unknownWrite) this.unknownWrites.set(index, unknownWrite);
		if (!this.failure || index < this.failure.index) this.failure = { index, error };
	}

	hasFailed(index: number): boolean {
		return this.failedItems.has(index);
	}

	/** Whether anything is said of it: not of what a stop, or another item's failure, has kept back. */
	isTold(index: number): boolean {
		return this.toldItems.has(index);
	}

	failAll(error: unknown) {
		for (let index = 0; index < this.byItem.length; index++) this.fail(index, error);
	}

	done(): DoneItem[] {
		return this.byItem.flatMap((output, index) => {
			const [first] = output?.items ?? [];
			return first && !output?.failed ? [doneItem(index, first.json)] : [];
		});
	}

	/** @throws NodeApiError, NodeOperationError when an item has failed and the node does not continue */
	outputs(): INodeExecutionData[][] {
		if (this.failure) {
			const error = this.withTheRest(this.failure);
			throw isTool(this.context) ? forAgent(error) : error;
		}
		return Array.from({ length: this.route?.outputs ?? 1 }, (_none, route) =>
			this.byItem.flatMap((output) => (output?.route === route ? output.items : [])),
		);
	}

	/** What was done before the error, or may have been done, must not be lost with it. */
	private withTheRest({ index, error }: { index: number; error: NodeError }): NodeError {
		const done = this.done();
		this.unknownWrites.delete(index);
		const unknown = [...this.unknownWrites].map(
			([item, { what, sentAt }]) => `item ${item}: ${what}, sent at ${sentAt}`,
		);
		const rest = [
			done.length > 0 ? `Done in this run before the node stopped: ${shortened(done)}.` : '',
			unknown.length > 0 ? `May have been carried out as well: ${unknown.join('; ')}.` : '',
		].filter((part) => part !== '');
		if (rest.length === 0) return error;
		error.description = [error.description ?? '', ...rest].join(' ').trim();
		// Shown in full among the error's details.
		error.context.data = { done, ...(unknown.length > 0 ? { unknown } : {}) };
		return error;
	}
}

/** Agents whose tools run as nodes of the execution are told the message alone, without what to do about it. */
function forAgent(error: NodeError): NodeError {
	const { message, description } = error;
	if (description) error.message = `${message.replace(/\.$/, '')}. ${description}`;
	return error;
}

function shortened(done: DoneItem[]): string {
	const more = done.length > MAX_LISTED ? ` and ${done.length - MAX_LISTED} more` : '';
	return `${longList(done.slice(0, MAX_LISTED))}${more}`;
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
