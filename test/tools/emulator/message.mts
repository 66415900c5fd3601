import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';

/**
 * A protobuf message in the form the emulator works with: snake_case keys, enums as numbers,
 * timestamps as RFC 3339 text, Struct and Value as plain JSON. What its keys may be is said by the
 * protos and checked when it is read and written, hence `any`.
 */
export type Message = Record<string, any>;

const fullNames = new WeakMap<Type, string>();

/** Such as `.google.protobuf.Value`; protobufjs walks up to the root each time it is asked. */
export function fullNameOf(type: Type): string {
	const name = fullNames.get(type) ?? type.fullName;
	fullNames.set(type, name);
	return name;
}

/** proto3 cannot tell the zero value of such a field from an absent one, so neither may the emulator. */
export function isAbsentWhenZero(field: Field, value: unknown) {
	if (field.repeated) return (value as unknown[]).length === 0;
	// Members of a oneof and messages, of which a Value or a wrapper may be zero, are there when set.
	if (field.map || field.partOf || field.resolvedType instanceof protobuf.Type) return false;
	return value === 0 || value === '' || value === false;
}
