import type { Call } from './call.mts';
import type { ObjectKey } from './madeObjects.mts';
import type { World } from './state.mts';
import { ApiError, Code } from './statuses.mts';

/** What lists have shown, and which looks at it have failed since: see `vanishing` of the plan. */
export class ShownObjects {
	readonly shown = new Set<ObjectKey>();
	readonly missed = new Set<ObjectKey>();
}

/** The entries that a list shows at this moment. */
export function visible<T>(call: Call, items: T[]): T[] {
	const { vanishing, listsLagSeconds } = call.world.untidy.plan;
	if (!vanishing && !listsLagSeconds) return items;
	const collection = call.path.split('/').filter(Boolean).at(-1);
	const keyOfItem = (item: T) => `${collection}/${(item as { id: unknown }).id}` as const;
	return items.filter((item) => {
		const key = keyOfItem(item);
		return !isLate(call, key) && !(vanishing?.forGood && call.world.shownObjects.missed.has(key));
	});
}

function isLate({ world, now }: Call, key: ObjectKey) {
	const madeAt = world.madeObjects.madeAt(key);
	const lag = world.untidy.upTo('lag', key, world.untidy.plan.listsLagSeconds);
	return madeAt !== undefined && now < madeAt + lag * 1000;
}

/** Remembers what a page has shown, as only that can vanish afterwards. */
export function noteShown<T>({ world, path }: Call, page: T[]) {
	if (!world.untidy.plan.vanishing) return;
	const collection = path.split('/').filter(Boolean).at(-1);
	for (const item of page) {
		world.shownObjects.shown.add(`${collection}/${(item as { id: unknown }).id}`);
	}
}

/** @throws ApiError when the object that a path names, or one above it, is not there for the moment */
export function checkIsThere(world: World, method: string, path: string) {
	const segments = path.split('/').filter(Boolean);
	segments.slice(1).forEach((id, index) => {
		const collection = segments[index]!;
		const key = `${decodeURIComponent(collection)}/${decodeURIComponent(id)}` as const;
		const isLook = method === 'GET' && index === segments.length - 2;
		if ((isLook && isMissingAtFirst(world, key)) || hasVanished(world, key, isLook)) {
			throw new ApiError(codeOfMissing(collection, path), `'${id}' does not exist`);
		}
	});
}

function isMissingAtFirst(world: World, key: ObjectKey) {
	const { untidy, madeObjects, clock } = world;
	if (!/^(versions|runs)\//.test(key)) return false;
	const madeAt = madeObjects.madeAt(key);
	const seconds = untidy.upTo('missing at first', key, untidy.plan.missingAtFirstSeconds);
	return madeAt !== undefined && clock.now() < madeAt + seconds * 1000;
}

function hasVanished({ untidy, shownObjects }: World, key: ObjectKey, isLook: boolean) {
	const { share, forGood } = untidy.plan.vanishing ?? {};
	const { shown, missed } = shownObjects;
	if (!shown.has(key) || !untidy.hits('vanish', key, share)) return false;
	if (missed.has(key)) return forGood === true;
	if (!isLook) return false;
	missed.add(key);
	return true;
}

/** As the emulator refuses what never existed. */
function codeOfMissing(collection: string, path: string) {
	if (collection === 'workflows') return Code.workflowDoesNotExist;
	if (collection === 'models') return Code.modelDoesNotExist;
	if (collection === 'versions' && path.includes('/models/')) return Code.modelDoesNotExist;
	return Code.doesNotExist;
}
