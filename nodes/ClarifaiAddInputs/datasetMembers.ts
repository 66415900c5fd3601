import { datasetPath, datasetWrite, findDataset } from '../shared/api/datasets';
import type { AddItem, Identified } from './addResult';

/** Makes the dataset where the item wants that, once for all items. */
export async function makeDataset({ request, run }: AddItem): Promise<void> {
	const { scope, datasetId, createDataset } = request;
	if (datasetId === undefined || !createDataset) return;
	await run.client.onceInRun(`make ${datasetPath(scope, datasetId).join('/')}`, async () => {
		if (!(await findDataset(run.client, scope, datasetId)))
			await run.write(datasetWrite(scope, datasetId));
	});
}

/** Inputs that are there join the dataset of their items, which is the same for all. */
export async function joinDataset(items: Identified[]): Promise<void> {
	const [first] = items;
	if (first?.request.datasetId === undefined) return;
	const { scope, datasetId } = first.request;
	await first.run.client.request({
		method: 'POST',
		path: [...datasetPath(scope, datasetId), 'inputs'],
		body: { dataset_inputs: items.map(({ id }) => ({ input: { id } })) },
		// One that is a member already may be refused; the others join all the same.
		repeatable: true,
		entries: 'dataset_inputs',
	});
}
