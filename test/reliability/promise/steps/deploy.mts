import { DEMO, locate } from '../../../nodes/setup.mts';
import {
	field,
	names,
	optionsOf,
	textOf,
	waitOptionsOf,
	type DeedRule,
	type Step,
} from '../step.mts';

const ofDeployment = {
	keyOfEntry: ({ id }) => id,
	keyOfItem: ({ deployment }) => deployment,
	mayBeClaimedBy: ({ deploymentId }) => textOf(deploymentId),
} satisfies Partial<DeedRule>;

export const deploy: Step = {
	type: 'clarifaiDeployModel',
	name: 'Deploy Model',
	parameters: (choices) => ({
		deploymentId: field('deployment'),
		ifDeploymentExists: choices.ifExists === 'change' ? 'promote' : choices.ifExists,
		computeCluster: locate('id', DEMO.computeClusterId),
		nodepool: locate('id', DEMO.nodepoolId),
		waitUntilReady: choices.wait,
		waitOptions: waitOptionsOf(choices),
		options: optionsOf(choices),
	}),
	deeds: [
		{
			...ofDeployment,
			deed: 'deployment',
			claimedBy: ({ created, deploymentId }) =>
				created === true ? textOf(deploymentId) : undefined,
		},
		{
			...ofDeployment,
			deed: 'deploymentChange',
			claimedBy: ({ promoted, deploymentId }) =>
				promoted === true ? textOf(deploymentId) : undefined,
		},
	],
	concerns: (request, { deployment }) =>
		names(request, deployment) || request.path.includes('runners'),
};
