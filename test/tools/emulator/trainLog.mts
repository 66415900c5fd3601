import { toTimestamp } from './clock.mts';
import type { World } from './state.mts';
import { trainingStatus } from './training.mts';

/**
 * The text behind a version's `train_log` link. Like Clarifai's, it is a link that needs no key; its
 * address and its text are the emulator's own.
 */
export function trainLog(world: World, path: string): string | undefined {
	const versionId = /^\/train_logs\/([0-9a-z]+)\.txt$/.exec(path)?.[1];
	if (!versionId) return undefined;
	for (const app of world.allApps()) {
		for (const model of app.models.values()) {
			const version = model.versions.get(versionId);
			if (!version) continue;
			const status = trainingStatus(version.training, world.clock.now());
			const outcome = [status.description, status.details].filter(Boolean).join(': ');
			return `${toTimestamp(version.training.startedAt)} training of ${model.message.id} version ${versionId}\n${outcome}\n`;
		}
	}
	return undefined;
}
