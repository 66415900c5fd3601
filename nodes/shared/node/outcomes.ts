import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { ClarifaiFailure } from '../api/failures';
import { doneItem, longList, type DoneItem } from './doneItems';
import { toNodeError } from './errors';
import type { ItemWork } from './itemWork';

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
	/** Resolves when the node has failed. */
	readonly failed: Promise<void>;
	private readonly node: INode;
	private readonly byItem: Array<ItemOutput | undefined>;
	private giveUp: () => void = () => undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly route: ItemWork<unknown, Result>['route'],
	) {
		this.node = context.getNode();
		this.byItem = new Array<ItemOutput | undefined>(context.getInputData().length);
		this.failed = new Promise<void>((resolve) => (this.giveUp = resolve));
	}

	succeed(index: number, jsons: IDataObject[], route: number) {
		const items = jsons.map((json) => ({ json, pairedItem: { item: index } }));
		this.byItem[index] = { route, items };
	}

	fail(index: number, thrown: unknown) {
		this.hasFailures = true;
		// After a stop, what was not carried out is no failure of its item.
		if (thrown instanceof ClarifaiFailure && thrown.kind === 'cancelled') return;
		const error = toNodeError(this.node, thrown, index);
		if (this.context.continueOnFail()) {
			const items = [errorItem(error, index)];
			this.byItem[index] = { route: this.route?.ofErrors ?? 0, items, failed: true };
			return;
		}
		if (!this.failure || index < this.failure.index) this.failure = { index, error };
		this.giveUp();
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
		if (this.failure) throw this.withDone(this.failure.error);
		return Array.from({ length: this.route?.outputs ?? 1 }, (_none, route) =>
			this.byItem.flatMap((output) => (output?.route === route ? output.items : [])),
		);
	}

	/** What was done before the error must not be lost with it. */
	private withDone(error: NodeError): NodeError {
		const done = this.done();
		if (done.length === 0) return error;
		const more = done.length > MAX_LISTED ? ` and ${done.length - MAX_LISTED} more` : '';
		error.description = `${error.description ?? ''} Done in this run before the node stopped: ${longList(done.slice(0, MAX_LISTED))}${more}.`;
		// Shown in full among the error's details.
		error.context.data = { done };
		return error;
	}
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
