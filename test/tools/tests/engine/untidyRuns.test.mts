import fc from 'fast-check';
import { DEMO, locate } from '../../../nodes/setup.mts';
import { setUpInProcess } from '../../../nodes/setUpInProcess.mts';
import { generatedRuns } from '../../../reliability/promise/generatedRuns.mts';
import { createModel, itemsOf, train } from '../../../reliability/plans.mts';
import { anyUntidiness } from '../../emulator/untidinessArbitrary.mts';
import { chain } from '../../engine/engine.mts';

const PIPELINE = {
	trainingMethod: 'pipelineTemplate',
	template: locate('id', 'classifier-pipeline-resnet'),
	hyperparametersJson: '{}',
	dataset: locate('id', DEMO.datasetId),
	datasetVersion: locate('id', DEMO.datasetVersionId),
	additionalFields: {
		nodepool: locate('id', DEMO.nodepoolId),
		computeCluster: locate('id', DEMO.computeClusterId),
	},
};

/** What the nodes make of it is for their own tests to judge; here the emulator has to stay itself. */
test('an emulator makes no mistakes, however untidy it is, and its book is what it holds', async () => {
	await fc.assert(
		fc.asyncProperty(
			anyUntidiness(),
			fc.integer({ min: 1, max: 1000 }),
			fc.boolean(),
			async (untidiness, seed, isPipeline) => {
				const platform = await setUpInProcess({ untidiness, seed, trainingSeconds: 100 });
				const { emulator, engine } = platform;
				const trained = train(platform, { waitForCompletion: true, ...(isPipeline && PIPELINE) });

				await engine.run(chain(createModel(platform), trained), { items: itemsOf(3) });

				const { book } = emulator;
				const mistakes = emulator.requests.filter(({ code, fault }) => code === 98004 && !fault);
				expect(mistakes).toEqual([]);
				const models = [...emulator.app().models];
				expect(book.of('model').map(({ id }) => id)).toEqual(models.map(([id]) => id));
				const versions = models.flatMap(([, model]) => [...model.versions.keys()]);
				expect(
					[...book.of('training'), ...book.of('runVersion')].map(({ id }) => id).sort(),
				).toEqual(versions.sort());
			},
		),
		generatedRuns(15),
	);
}, 1_200_000);
