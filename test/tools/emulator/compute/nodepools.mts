import type { Call } from '../call.mts';
import type { Message } from '../message.mts';

/** Refuses what shall run on a nodepool that does not exist. */
export function checkNodepools(call: Call, { nodepools = [] }: Message) {
	for (const nodepool of nodepools as Message[]) {
		call.world.compute.nodepool(call.app.userId, nodepool);
	}
}
