import protobuf from 'protobufjs';
import type { Type } from 'protobufjs';
import type { Message } from './message.mts';

/** Visits a message and all messages in it, with their types; the outer ones first. */
export function walk(
	type: Type,
	message: Message,
	visit: (typeName: string, message: Message) => void,
) {
	visit(type.name, message);
	for (const [name, value] of Object.entries(message)) {
		const field = type.fields[name];
		if (!(field?.resolvedType instanceof protobuf.Type) || typeof value !== 'object') continue;
		// Struct, Value and alike are plain JSON here.
		if (value === null || field.resolvedType.fullName.startsWith('.google.')) continue;
		const values: Message[] = field.map || field.repeated ? Object.values(value) : [value];
		for (const each of values) walk(field.resolvedType, each, visit);
	}
}
