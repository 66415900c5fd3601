import { chain, connect, type Engine, type WorkflowJson } from '../engine/engine.mts';
import { DEMO } from '../emulator/emulator.mts';
import { SHAPES } from './shapes.mts';

/** The workflows of the hosted story: data in, a better model or none, use. */

export const MODEL = 'shapes';
export const TRAINING = 'shapes-training';
export const TEST = 'shapes-test';

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

export const addPictures = ({ node }: Engine): WorkflowJson =>
	chain(
		node('clarifaiAddInputs', {
			concepts: '={{ $json.shape }}',
			dataset: byId('={{ $json.dataset }}'),
			additionalFields: { newConcepts: 'create', createDataset: true },
		}),
	);

/** What does not pass the evaluation comes to "Nothing Changed". Nothing is live the first time. */
export function trainEvaluateDeploy({ node }: Engine, liveDeployment = ''): WorkflowJson {
	const steps = chain(
		node('clarifaiCreateModel', { modelId: MODEL }),
		node('clarifaiTrain', {
			template: byId('classifier-pipeline-resnet'),
			dataset: byId(TRAINING),
			concepts: [...SHAPES],
			waitForCompletion: true,
			additionalFields: { nodepool: byId(DEMO.gpuNodepoolId) },
		}),
		node('clarifaiEvaluateModel', { dataset: byId(TEST), deploymentId: liveDeployment }),
		node('clarifaiDeployModel', { nodepool: byId(DEMO.nodepoolId), waitUntilReady: true }),
	);
	const nothing = node('n8n-nodes-base.noOp', {}, { name: 'Nothing Changed' });
	return connect(
		{ ...steps, nodes: [...steps.nodes, nothing] },
		'Clarifai Evaluate Model',
		1,
		nothing.name,
	);
}

export const predictPictures = ({ node }: Engine): WorkflowJson =>
	chain(
		node('clarifaiPredict', {
			model: byId(MODEL),
			options: { deploymentId: MODEL, includeInputFields: true },
		}),
	);
