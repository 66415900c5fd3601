import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Emulator } from '../../tools/emulator/emulator.mts';
import { DEMO, locate, setUp, type InProcessOptions, type InProcessSetUp } from '../setup.mts';

export const DEPLOY = 'clarifaiDeployModel';

/** Where a new deployment is to run. */
export const ON_NODEPOOL: INodeParameters = {
	computeCluster: locate('id', DEMO.computeClusterId),
	nodepool: locate('id', DEMO.nodepoolId),
};

/** Deploys what the item names as "live". */
export const asLive = (more: INodeParameters = {}): INodeParameters => ({
	deploymentId: 'live',
	...ON_NODEPOOL,
	options: { maxRequestsPerSecond: 0 },
	...more,
});

export interface TwoVersions extends InProcessSetUp {
	/** The older version of model "flowers", and the newer one. */
	older: string;
	newer: string;
	/** An item as Evaluate Model or Train puts it out. */
	of(versionId: string): IDataObject;
}

/** An emulator with two versions of a container model, of which none is deployed. */
export async function setUpVersions(options: InProcessOptions = {}): Promise<TwoVersions> {
	const platform = await setUp(options);
	const { emulator } = platform;
	const add = () => {
		emulator.clock.advance(1000);
		return emulator.addContainerVersion('flowers', { concepts: ['rose', 'tulip'] }).message
			.id as string;
	};
	const older = add();
	const newer = add();
	return {
		...platform,
		older,
		newer,
		of: (modelVersionId) => ({ modelId: 'flowers', modelVersionId }),
	};
}

/** The same with the older version under a living deployment. */
export async function setUpLive(
	fields: IDataObject = {},
	options: InProcessOptions = {},
): Promise<TwoVersions> {
	const platform = await setUpVersions(options);
	platform.emulator.addDeployment('live', 'flowers', { versionId: platform.older, fields });
	return platform;
}

/** The calls that change something, as lines such as "POST PostDeployments". */
export const writesOf = ({ requests }: Emulator): string[] =>
	requests.filter(({ method }) => method !== 'GET').map(({ method, rpc }) => `${method} ${rpc}`);

/** What a deployment is to run, and what it runs now. */
export function versionsOf({ world, clock }: Emulator, deploymentId = 'live') {
	const deployment = world.compute.deployment(DEMO.userId, deploymentId);
	return {
		desired: deployment.desired.message.id as string,
		running: deployment.observed(clock.now()).message.id as string,
	};
}
