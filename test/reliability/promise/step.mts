import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { BookEntry, Deed, Emulator, RecordedRequest } from '../../tools/emulator/emulator.mts';

/** What one item of a generated run is about. Several may be about the same. */
export interface Item {
	model: string;
	epochs: number;
	workflow: string;
	deployment: string;
	text: string;
}

/** The parameters that are generated, for all steps of a run. */
export interface Choices {
	/** For what exists already; the third is to update or to promote. */
	ifExists: 'fail' | 'reuse' | 'change';
	wait: boolean;
	timeoutMinutes: number;
	cancelOnStop: boolean;
	reindex: boolean;
	/** A dataset version is named, so that none is made. */
	namesDatasetVersion: boolean;
	requestsPerSecond: number;
	requestTimeoutSeconds?: number;
}

/** A deed and what its ID is: of the thing that was made, or of the one that was changed. */
export interface Claim {
	deed: Deed;
	id: string;
}

/** One kind of thing that a step does at Clarifai. */
export interface DeedRule {
	deed: Deed;
	/** Items and entries of the book with the same key belong together. */
	keyOfEntry(entry: BookEntry): string;
	/** Undefined for an item that asks for no such thing. */
	keyOfItem(item: Item, input: IDataObject): string | undefined;
	/** The ID is chosen by what is asked for, so that there may be one for all items that ask for it. */
	isShared?: boolean;
	/** What an output item says was made or changed: undefined for nothing. */
	claimedBy(output: IDataObject, choices: Choices, item: Item): string | undefined;
	/** What an entry in a list of items that were done may stand for. */
	mayBeClaimedBy(done: IDataObject): string | undefined;
}

/** A node in a generated chain. */
export interface Step {
	type: string;
	name: string;
	parameters(choices: Choices): INodeParameters;
	deeds: DeedRule[];
	/** Whether a request may be about an item; rather one too many. */
	concerns(request: RecordedRequest, item: Item): boolean;
	/** What is wrong with an output item by what the emulator holds at the end. */
	untrueIn?(output: IDataObject, emulator: Emulator): string | undefined;
}

/** A field of the item that the run began with. */
export const field = (name: keyof Item) => `={{ $('Start').item.json.${name} }}`;

export const optionsOf = ({
	requestsPerSecond,
	requestTimeoutSeconds = REQUEST_TIMEOUT_SECONDS,
}: Choices): INodeParameters => ({
	maxRequestsPerSecond: requestsPerSecond,
	requestTimeoutSeconds,
});

export const REQUEST_TIMEOUT_SECONDS = 10;

export const waitOptionsOf = ({ timeoutMinutes }: Choices): INodeParameters => ({
	pollIntervalSeconds: 20,
	timeoutMinutes,
});

export const names = ({ path, body }: RecordedRequest, id: string) =>
	path.split('/').includes(id) || JSON.stringify(body ?? '').includes(`"${id}"`);

export const textOf = (value: unknown) =>
	typeof value === 'string' && value !== '' ? value : undefined;
