import type { IDataObject, ITaskData } from 'n8n-workflow';
import type { RunResult } from '../../tools/engine/engine.mts';
import type { Played } from './play.mts';

/** What one step said in one execution of the workflow. */
export interface Report {
	/** For each of its input items, by its place in the step's input. */
	items: ItemReport[];
	/** What it says was done before it ended without giving these items out. */
	done: Array<IDataObject & { item: number }>;
	/** The error that ended it. */
	error: string | undefined;
	/** Everything that it said, for what is only named somewhere. */
	text: string;
}

export interface ItemReport {
	/** The place of the item that the workflow began with. */
	start: number;
	input: IDataObject;
	outputs: IDataObject[];
	/** Its error, wherever it is shown. */
	error?: string;
	/** The error says that it may have been carried out. */
	isUnknown: boolean;
}

interface NodeError {
	message: string;
	description?: string | null;
	context?: { itemIndex?: number; data?: { done?: Report['done']; unknown?: string[] } };
}

const UNKNOWN = /may have been carried out/i;

/** The reports of a step, one for each execution in which it ran. */
export function reportsOf(played: Played, place: number): Report[] {
	return played.runs.flatMap((run) => {
		const task = run.runData[played.nodeNames[place]!]?.[0];
		return task ? [reportOf(played, run, place, task)] : [];
	});
}

function reportOf(played: Played, run: RunResult, place: number, task: ITaskData): Report {
	const items = inputsOf(played, run, place);
	const error = task.error as unknown as NodeError | undefined;
	const { context } = error ?? {};
	const given = (task.data?.main ?? []).flatMap((output) => output ?? []);
	for (const { json, pairedItem } of given) {
		const item = items[placeOf(pairedItem)]!;
		const isError = 'error' in json && 'details' in json;
		if (isError) fail(item, `${String(json.message)} ${String(json.details)}`);
		else item.outputs.push(json);
	}
	if (error) {
		const text = [error.message, error.description ?? ''].join(' ');
		if (context?.itemIndex !== undefined) {
			fail(items[context.itemIndex]!, text, UNKNOWN.test(error.message));
		}
		for (const unknown of context?.data?.unknown ?? []) {
			fail(items[Number(/^item (\d+)/.exec(unknown)![1])]!, unknown, true);
		}
	}
	return {
		items,
		done: context?.data?.done ?? [],
		error: error && [error.message, error.description].join(' '),
		text: JSON.stringify([given, error?.message, error?.description, context, run.customData]),
	};
}

function fail(item: ItemReport, error: string, isUnknown = UNKNOWN.test(error)) {
	item.error = error;
	item.isUnknown ||= isUnknown;
}

/** What the step got: what the one before it gave out, by its first output. */
function inputsOf(played: Played, run: RunResult, place: number): ItemReport[] {
	if (place === 0) {
		return run
			.outputs('Start')
			.map(({ json }, start) => ({ start, input: json, outputs: [], isUnknown: false }));
	}
	const before = inputsOf(played, run, place - 1);
	return run.outputs(played.nodeNames[place - 1]!).map(({ json, pairedItem }) => ({
		start: before[placeOf(pairedItem)]!.start,
		input: json,
		outputs: [],
		isUnknown: false,
	}));
}

function placeOf(pairedItem: unknown): number {
	const [first] = [pairedItem].flat() as Array<number | { item: number }>;
	return typeof first === 'object' ? first.item : first!;
}
