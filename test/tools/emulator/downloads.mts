import { EXPORTS_PATH, exportedFile } from './datasetExport.mts';
import { HOSTED_PATH, hostedFile } from './hostedMedia.mts';
import type { Answer } from './answers.mts';
import { plainText } from './answers.mts';
import type { AppState, World } from './state.mts';

const HOSTED = new RegExp(
	`^${HOSTED_PATH}/(?:orig|tiny|small|large|thumbnail)/users/([^/]+)/apps/([^/]+)/inputs/([a-z]+)/([0-9a-f]{32})$`,
);
const EXPORTED = new RegExp(
	`^${EXPORTS_PATH}/users/([^/]+)/apps/([^/]+)/datasets/([^/]+)/versions/([^/]+)/(\\d)\\.zip$`,
);

/**
 * Answers to the addresses that Clarifai shows for media and exports. They are for who may read the app;
 * the status and the words of a refusal are assumed.
 */
export function download(
	world: World,
	path: string,
	authorization: string | undefined,
): Answer | undefined {
	const hosted = HOSTED.exec(path);
	const exported = EXPORTED.exec(path);
	const [, userId, appId, ...rest] = hosted ?? exported ?? [];
	if (userId === undefined) return undefined;
	const app = readableApp(world, userId, appId!, authorization);
	if (!app) return { ...plainText('unauthorized\n'), status: 401 };
	const file = hosted ? hostedFile(app, rest[0]!, rest[1]!) : exportOf(app, rest);
	if (!file) return { ...plainText('not found\n'), status: 404 };
	return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: file };
}

function exportOf(app: AppState, [datasetId, versionId, format]: string[]) {
	const dataset = app.datasets.get(datasetId!);
	return dataset && exportedFile(app, dataset, versionId!, Number(format));
}

function readableApp(world: World, userId: string, appId: string, authorization = '') {
	const key = world.keys.get(authorization.replace(/^Key /, ''));
	const app = world.findApp(userId, appId);
	if (!key || !app) return undefined;
	const isOwn = key.userId === userId && (key.kind === 'pat' || key.appId === appId);
	return isOwn || (key.kind === 'pat' && app.isPublic) ? app : undefined;
}
