import type { IDataObject, INodeExecutionData, ITaskData } from 'n8n-workflow';

const interesting = [
	'inputId',
	'datasetVersionId',
	'deploymentId',
	'modelId',
	'modelVersionId',
	'modelTypeId',
	'template',
	'status',
	'workflowId',
	'workflowVersionId',
	'defaultWorkflowId',
	'previousDefaultWorkflowId',
	'passed',
	'reason',
	'topConcept',
	'created',
	'promoted',
	'ready',
	'changed',
];

function itemsOf(task: ITaskData): INodeExecutionData[] {
	return (task.data?.main ?? []).flatMap((output) => output ?? []);
}

export function modelsIn(task: ITaskData): string[] {
	const ids = itemsOf(task).map(({ json }) => json.modelId);
	return [...new Set(ids)].filter((id) => typeof id === 'string');
}

/** A line with the few values that tell what the node did. */
export function summaryOf(task: ITaskData): string {
	const items = itemsOf(task);
	if (items.length === 0) return 'no items';
	const count = items.length === 1 ? '1 item' : `${items.length} items`;
	const values = summaryOfItem(items[0].json);
	if (values === '') return count;
	return items.length === 1 ? values : `${count}, the first one with ${values}`;
}

function summaryOfItem(json: IDataObject): string {
	const keys = interesting.filter((key) => key in json && json[key] !== '');
	return keys.map((key) => `${key} ${JSON.stringify(json[key])}`).join(', ');
}

export function messageOf(error: NonNullable<ITaskData['error']>): string {
	return [error.message, error.description].filter(Boolean).join(' - ');
}
