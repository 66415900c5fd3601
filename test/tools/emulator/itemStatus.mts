import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';
import type { Message } from './message.mts';

export function hasItemStatus(response: Type) {
	return findStatusHolder(response) !== undefined;
}

/**
 * Puts a status on the last item of an answer: `model_versions[].status`, or one level deeper, such as
 * `model.model_version.status`. Answers whose items have no status stay as they are.
 */
export function withItemStatus(response: Type, answer: Message, status: Message): Message {
	const path = findStatusHolder(response);
	const changed = structuredClone(answer);
	if (path) lastItem(changed, path).status = status;
	return changed;
}

function lastItem(message: Message, path: Field[]): Message {
	return path.reduce<Message>((holder, field) => {
		if (!field.repeated) return (holder[field.name] ??= {});
		const items: Message[] = (holder[field.name] ??= []);
		if (items.length === 0) items.push({});
		return items.at(-1)!;
	}, message);
}

function findStatusHolder(type: Type): Field[] | undefined {
	const inner = type.fieldsArray.filter(
		(field) => field.name !== 'status' && !field.map && field.resolvedType instanceof protobuf.Type,
	);
	const direct = inner.find((field) => hasStatus(field.resolvedType as Type));
	if (direct) return [direct];
	for (const field of inner) {
		const deeper = (field.resolvedType as Type).fieldsArray.find(
			(one) =>
				!one.repeated && one.resolvedType instanceof protobuf.Type && hasStatus(one.resolvedType),
		);
		if (deeper) return [field, deeper];
	}
	return undefined;
}

function hasStatus(type: Type) {
	return type.fields.status?.resolvedType?.fullName === '.clarifai.api.status.Status';
}
