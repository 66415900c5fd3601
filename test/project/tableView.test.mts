import type { IDataObject } from 'n8n-workflow';
import { setUp } from '../nodes/setup.mts';
import { shownItem, SHOWINGS } from './outputKeys.mts';

/** What a person looks for first in n8n's table, which shows about three columns beside the panel. */
const FIRST: Record<string, string> = {
	clarifaiAddInputs: 'status',
	clarifaiCreateModel: 'created',
	clarifaiCreateWorkflow: 'created',
	clarifaiDeployModel: 'ready',
	clarifaiEvaluateModel: 'passed',
	clarifaiListTemplates: 'recommended',
	clarifaiTrain: 'status',
	clarifaiTrainingStatus: 'status',
	clarifaiUpdateDefaultWorkflow: 'changed',
};

/** Null says something there: no version yet, no version to compare with, nothing found. */
const MAY_BE_NULL = new Set([
	'inputId',
	'modelVersionId',
	'baselineVersionId',
	'topConcept',
	'topValue',
]);

describe("n8n's table view of the output", () => {
	it.each(SHOWINGS)('of $node: $of', async (showing) => {
		const { node } = showing;
		const { json } = await shownItem(showing, await setUp());
		const columns = Object.keys(json as IDataObject);
		if (FIRST[node] && !columns.includes('dryRun') && !columns.includes('trainingSkipped')) {
			expect(columns.slice(0, 3)).toContain(FIRST[node]);
		}
		const isEmpty = (column: string) => json[column] === null && !MAY_BE_NULL.has(column);
		expect(columns.filter(isEmpty)).toEqual([]);
	});
});
