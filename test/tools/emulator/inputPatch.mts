import type { Message } from './message.mts';

export type PatchAction = 'merge' | 'overwrite' | 'remove';

export const PATCH_ACTIONS: string[] = ['merge', 'overwrite', 'remove'];

/**
 * The data of an input after a patch, by the rules of the "Patching" page of Clarifai's documentation.
 * A medium in the patch is left out of account: whether one can be exchanged is not known.
 */
export function patchData(action: PatchAction, old: Message, patch: Message): Message {
	switch (action) {
		case 'merge':
			return merge(old, patch);
		case 'overwrite':
			// The page's own example: what the patch leaves out is gone, only the medium stays.
			return patch;
		case 'remove':
			return remove(old, patch);
	}
}

/** Values replace values, objects are merged, lists by the IDs of their entries. */
export function merge(old: Message, patch: Message): Message {
	const merged = { ...old };
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) continue;
		const before = merged[key] as unknown;
		if (isFilledObject(value) && isObject(before)) merged[key] = merge(before, value);
		else if (isFilledList(value) && Array.isArray(before)) merged[key] = mergeLists(before, value);
		else merged[key] = value;
	}
	return merged;
}

function mergeLists(old: unknown[], patch: unknown[]) {
	const patched = old.map((entry) => {
		const match = patch.find((one) => idOf(one) !== undefined && idOf(one) === idOf(entry));
		return match === undefined ? entry : merge(entry as Message, match as Message);
	});
	const known = new Set(old.map(idOf));
	return [...patched, ...patch.filter((one) => idOf(one) === undefined || !known.has(idOf(one)))];
}

/** Takes entries out of lists by their IDs, and keys whose value in the patch is true. */
function remove(old: Message, patch: Message): Message {
	const left = { ...old };
	for (const [key, value] of Object.entries(patch)) {
		const before = left[key] as unknown;
		if (value === true) delete left[key];
		else if (Array.isArray(value)) left[key] = removeFromList(before, value);
		// A point that is named is taken away: assumed, as the page has no example of one.
		else if (key === 'geo') delete left[key];
		else if (isFilledObject(value) && isObject(before)) left[key] = remove(before, value);
		else if (value !== null && !isObject(value)) left[key] = value;
	}
	return left;
}

function removeFromList(old: unknown, patch: unknown[]) {
	const ids = new Set(patch.map(idOf));
	return Array.isArray(old) ? old.filter((entry) => !ids.has(idOf(entry))) : [];
}

function idOf(entry: unknown): string | undefined {
	return isObject(entry) ? (entry.id as string | undefined) : undefined;
}

function isObject(value: unknown): value is Message {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFilledObject(value: unknown): value is Message {
	return isObject(value) && Object.keys(value).length > 0;
}

function isFilledList(value: unknown): value is unknown[] {
	return Array.isArray(value) && value.length > 0;
}
