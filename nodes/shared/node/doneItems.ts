import type { IDataObject } from 'n8n-workflow';

/** An item that has been carried out, with the IDs of its output. */
export type DoneItem = { item: number } & Record<string, string | number>;

const ID_KEYS = [
	'modelId',
	'modelVersionId',
	'pipelineRunId',
	'workflowId',
	'defaultWorkflowId',
	'inputId',
	'id',
];

export function doneItem(item: number, json: IDataObject): DoneItem {
	const ids = ID_KEYS.flatMap((key) => {
		const id = json[key];
		return typeof id === 'string' ? [[key, id] as const] : [];
	});
	return { item, ...Object.fromEntries(ids) };
}

/** "item 0: modelId cars; item 1: modelId boats". */
export function longList(done: DoneItem[]): string {
	return done
		.map(({ item, ...ids }) => {
			const named = Object.entries(ids).map(([key, id]) => `${key} ${id}`);
			return `item ${item}: ${named.join(', ') || 'done'}`;
		})
		.join('; ');
}

/** As many of the items as there is room for, by their IDs alone. */
export function shortList(nodeName: string, done: DoneItem[], maxLength: number): string {
	let list = `${nodeName}, ${done.length} done: `;
	for (const { item, ...ids } of done) {
		const entry = `${Object.values(ids).join('/') || `item ${item}`}; `;
		if (list.length + entry.length > maxLength - 1) return `${list}…`;
		list += entry;
	}
	return list;
}
