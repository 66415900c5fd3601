import type { Message } from './message.mts';

/** The value at a dotted path such as `train_info.params.template`. */
export function valueAt(message: Message, path: string): unknown {
	return path.split('.').reduce<unknown>((value, key) => {
		return typeof value === 'object' && value !== null ? (value as Message)[key] : undefined;
	}, message);
}

export function setValueAt(message: Message, path: string, value: unknown) {
	const keys = path.split('.');
	const last = keys.pop()!;
	let target = message;
	for (const key of keys) target = target[key] ??= {};
	target[last] = value;
}
