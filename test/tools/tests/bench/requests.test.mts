import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../engine/package.mts';
import { requestsTable, run, USES } from '../../bench/requests.mts';

describe('the requests of the nodes', () => {
	it('are those of the table in docs/performance.md', async () => {
		const document = await readFile(join(repositoryRoot, 'docs/performance.md'), 'utf8');

		expect(document).toContain(await requestsTable());
	}, 120_000);

	it('are one list for the templates of 1,000 items', async () => {
		const use = USES.find(({ type }) => type === 'clarifaiListTemplates');

		expect(await run(use!, 1000)).toEqual({ ListModelTypes: 1 });
	});

	it.each([
		['Add Inputs', 'new images, processed at the first look', 1000, 'PostInputs', 8],
		['Predict', 'a model of the app', 1000, 'PostModelOutputs', 8],
		['Predict', 'a workflow', 1000, 'PostWorkflowResults', 32],
	])('of %s (%s) for %i items are batches', async (node, name, count, rpc, batches) => {
		const use = USES.find((each) => each.node === node && each.use === name);

		expect((await run(use!, count))[rpc]).toBe(batches);
	});

	it('are one look at the model and its app for 1,000 trainings of a model', async () => {
		const use = USES.find(({ node, use: name }) => node === 'Train' && name === 'one model');

		expect(await run(use!, 1000)).toEqual({
			GetModel: 1,
			ListModelTypes: 1,
			ListConcepts: 1,
			ListModelVersions: 1,
			ListPipelineTemplates: 1,
			PostModelVersions: 1000,
		});
	});
});
