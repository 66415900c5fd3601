import type { IBinaryKeyData, IDataObject, INodeProperties } from 'n8n-workflow';
import type { ClarifaiClient } from '../api/client';
import type { Write } from '../api/write';
import type { ItemParameters } from '../parameters/itemParameters';

/** What a node does with each of its items: one by one, or several in one request. */
export type ItemWork<Request, Result, Checked = void> = Steps<Request, Result, Checked> &
	(Alone<Request, Result, Checked> | { together: Together<Request, Result, Checked> });

/** The steps before and after a request is carried out. */
interface Steps<Request, Result, Checked> {
	/** The node's own parameters: labels, choices and defaults are read from them. */
	properties: readonly INodeProperties[];
	/**
	 * Reads and checks one item's parameters. Sends nothing. Problems that the reader has gathered fail
	 * the item, unless the request takes them along.
	 */
	prepare(item: ItemParameters): Request | Promise<Request>;
	/**
	 * Holds the request against what Clarifai knows, and changes nothing. All items are checked before
	 * the first is carried out.
	 */
	check?(request: Request, run: ItemRun): Promise<Checked>;
	/** Waits for what `perform` started. Holds no place among the items under way. */
	settle?(result: Result, request: Request, run: ItemRun): Promise<Result>;
	/** The item's output. */
	output(result: Result, request: Request): IDataObject[] | Promise<IDataObject[]>;
	/** The files that go with the item's output, by the names of their fields. */
	files?(result: Result, request: Request): Promise<IBinaryKeyData>;
	/** For a node with several outputs. */
	route?: Route<Result>;
	/** The work changes something at Clarifai: a repeated try must not do again what is done. */
	writes: boolean;
}

/** Each item goes by itself. */
export interface Alone<Request, Result, Checked> {
	/** Carries out the request at Clarifai. */
	perform(request: Request, run: ItemRun, checked: Checked): Promise<Result>;
}

/** Items that go in one request. A single item is a batch of one. */
export interface Together<Request, Result, Checked> {
	/** Items of one batch have the same key. */
	key(request: Request): string;
	/** Items in a batch, at most. */
	most(request: Request): number;
	/** Bytes in a batch, at most; an item that is larger goes alone. */
	mostBytes: number;
	/** Bytes that an item brings, as far as they are known before its file is read. */
	sizeOf(request: Request): number;
	/** Carries a batch out: a result or an error for each of its items, in their order. */
	perform(batch: Array<BatchItem<Request, Checked>>): Promise<Array<Result | Error>>;
}

export interface BatchItem<Request, Checked> {
	request: Request;
	checked: Checked;
	run: ItemRun;
}

/** Which of a node's outputs an item leaves by, counted from 0. */
export interface Route<Result> {
	outputs: number;
	of(result: Result): number;
	/** Where items with an error go when the node continues with its regular outputs. */
	ofErrors: number;
}

/** What the work on one item has at hand. */
export interface ItemRun {
	client: ClarifaiClient;
	/** The item's place in the input, counted from 0. */
	itemIndex: number;
	/** A name for this item in this execution, the same in every retry of it. */
	readonly token: string;
	/** The item's write has been sent, and nobody knows what became of it. */
	readonly mayBeDone: boolean;
	/** Learns what is there before a write; see `Writer`. */
	learn<Made>(write: Write<Made>): Promise<boolean>;
	/** Carries out a write once; see `Writer`. */
	write<Made>(write: Write<Made>): Promise<Made>;
	/** Runs work of which only one item's may be under way, in the order of the items. */
	inTurn<T>(turn: string, work: () => Promise<T>): Promise<T>;
	/** The same write, by work that holds the turn already. */
	writeInTurn<Made>(write: Write<Made>): Promise<Made>;
	/** Something to keep for a later try of the same run. */
	kept: Record<string, unknown>;
	/** Shows a notice on the node once it has run; the same text only once. */
	hint(message: string): void;
}
