import { DEMO } from '../../emulator/emulator.mts';
import { handlers } from '../../emulator/handlers/index.mts';
import { isDeed } from '../../emulator/book.mts';
import { loadProtos } from '../../emulator/protos.mts';
import { NODEPOOLS } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ trainingSeconds: 100 });

test('has every deed, when and by which request, and no failure', async () => {
	const { client, emulator } = clarifai;
	await client.post('/models', { models: [{ id: 'm', model_type_id: 'visual-classifier' }] });
	await client.post('/models', { models: [{ id: 'm', model_type_id: 'visual-classifier' }] });
	const versionId = await client.train('m');
	emulator.clock.advance(100_000);
	await client.post('/workflows', {
		workflows: [{ id: 'w', nodes: [{ id: 'n', model: { id: 'm' } }] }],
	});
	await client.patch('/workflows', {
		action: 'overwrite',
		workflows: [{ id: 'w', description: 'changed' }],
	});
	await client.patch(`/v2/users/${DEMO.userId}/apps`, {
		action: 'overwrite',
		reindex: true,
		apps: [{ id: DEMO.appId, default_workflow_id: 'w' }],
	});
	await client.delete(`/models/m/versions/${versionId}`);
	await client.delete('/workflows/w');
	await client.delete('/models/m');

	const { entries } = emulator.book;
	expect(entries.map(({ deed, id, of }) => [deed, id, of])).toEqual([
		['model', 'm', DEMO.appId],
		['training', versionId, 'm'],
		['workflow', 'w', DEMO.appId],
		['workflowUpdate', 'w', DEMO.appId],
		['defaultWorkflow', 'w', DEMO.appId],
		['reindexing', 'w', DEMO.appId],
		['versionDeletion', versionId, 'm'],
		['workflowDeletion', 'w', DEMO.appId],
		['modelDeletion', 'm', DEMO.appId],
	]);
	expect(entries[1].request).toBe(emulator.requests[2]);
	expect(entries[2].at - entries[1].at).toBeGreaterThanOrEqual(100_000);
	expect(emulator.book.of('model')).toHaveLength(1);
});

test('has what was carried out although its answer was lost, and not what only looks so', async () => {
	const { client, emulator } = clarifai;
	const create = async (id: string) =>
		await client
			.sendRaw('POST', '/models', JSON.stringify({ models: [{ id }] }))
			.catch(() => undefined);
	emulator.faults.add({ kind: 'resetAfter', times: 1 });
	emulator.faults.add({ kind: 'resetBefore', times: 1 });
	emulator.faults.add({ kind: 'okWithFailureStatus', times: 1 });

	for (const id of ['lost', 'never', 'refused', 'good']) await create(id);

	expect(emulator.book.of('model').map(({ id }) => id)).toEqual(['lost', 'good']);
	expect([...emulator.app().models.keys()]).toEqual(['lost', 'good']);
});

test('has of a mixed outcome what was carried out', async () => {
	const { client, emulator } = clarifai;
	const input = (id: string) => ({ id, data: { text: { raw: id } } });
	await client.post('/inputs', { inputs: [input('first')] });
	const mixed = await client.post('/inputs', { inputs: [input('first'), input('second')] });
	const none = await client.post('/inputs', { inputs: [input('first')] });
	await client.post('/datasets', { datasets: [{ id: 'd' }] });
	await client.post('/datasets/d/inputs', {
		dataset_inputs: [{ input: { id: 'first' } }, { input: { id: 'gone' } }],
	});

	expect([mixed.code, none.code]).toEqual([10010, 10020]);
	expect(emulator.book.entries.map(({ deed, id, of }) => [deed, id, of])).toEqual([
		['input', 'first', DEMO.appId],
		['input', 'second', DEMO.appId],
		['dataset', 'd', DEMO.appId],
		['datasetInput', 'first', 'd'],
	]);
});

test('has evaluations and deployments', async () => {
	const { client, emulator } = clarifai;
	const version = emulator.addContainerVersion('m');
	const model = { id: 'm', model_version: { id: version.message.id } };
	await client.post('/evaluations', {
		eval_metrics: [{ id: 'e', model, ground_truth_dataset: { id: DEMO.datasetId } }],
	});
	const deployments = `/v2/users/${DEMO.userId}/deployments`;
	const owner = { user_id: DEMO.userId, app_id: DEMO.appId };
	await client.post(deployments, {
		deployments: [{ id: 'd', worker: { model: { ...model, ...owner } }, nodepools: NODEPOOLS }],
	});
	await client.patch(deployments, { action: 'overwrite', deployments: [{ id: 'd' }] });
	await client.send('DELETE', deployments, { ids: ['d'] });

	expect(emulator.book.entries.map(({ deed, id, of }) => [deed, id, of])).toEqual([
		['evaluation', 'e', 'm'],
		['deployment', 'd', DEMO.userId],
		['deploymentChange', 'd', DEMO.userId],
		['deploymentDeletion', 'd', DEMO.userId],
	]);
});

/** They read, although their method is not GET. */
const READS = [
	'PostConceptsSearches',
	'PostModelOutputs',
	'PostWorkflowResults',
	'PostModelVersionsTrainingTimeEstimate',
];

test('knows every call that changes something', () => {
	const writes = loadProtos().rpcs.filter(
		({ name, bindings }) => name in handlers && bindings.some(({ method }) => method !== 'GET'),
	);
	const unknown = writes.map(({ name }) => name).filter((name) => !isDeed(name));
	expect(unknown).toEqual(READS);
});
