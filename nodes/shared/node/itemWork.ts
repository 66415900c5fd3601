import type { IDataObject } from 'n8n-workflow';
import type { ClarifaiClient, EarlierTry } from '../api/client';
import type { ItemParameters } from './itemParameters';

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
