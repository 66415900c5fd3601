import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../engine/package.mts';
import { COUNT } from '../../../reliability/plans.mts';
import { requestsTable, run, USES } from '../../bench/requests.mts';

describe('the requests of the nodes', () => {
	it('are those of the table in docs/performance.md', async () => {
		const document = await readFile(join(repositoryRoot, 'docs/performance.md'), 'utf8');

		expect(document).toContain(await requestsTable());
	});

	it(`are one list for the templates of ${COUNT} items`, async () => {
		const use = USES.find(({ type }) => type === 'clarifaiListTemplates');

		expect(await run(use!, COUNT)).toEqual({ ListModelTypes: 1 });
	});

	it.each([
		['Add Inputs', 'new images, processed at the first look', 1000, 'PostInputs', 8],
		['Predict', 'a model of the app', 1000, 'PostModelOutputs', 8],
		['Predict', 'a workflow', 1000, 'PostWorkflowResults', 32],
	])('of %s (%s) for %i items are batches', async (node, name, count, rpc, batches) => {
		const use = USES.find((each) => each.node === node && each.use === name);

		expect((await run(use!, count))[rpc]).toBe(batches);
	});

	it(`are one look at the model and its app for ${COUNT} trainings of a model`, async () => {
		const use = USES.find(({ node, use: name }) => node === 'Train' && name === 'one model');

		expect(await run(use!, COUNT)).toEqual({
			GetModel: 1,
			ListModelTypes: 1,
			ListConcepts: 1,
			ListModelVersions: 1,
			ListPipelineTemplates: 1,
			PostModelVersions: COUNT,
		});
	});
});
