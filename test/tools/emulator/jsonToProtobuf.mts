import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';
import { decodeJson } from './decodeJson.mts';
import type { Message } from './message.mts';

/**
 * Encodes proto3 JSON as binary protobuf, for tests that let Clarifai's own message classes read what
 * the emulator writes.
 */
export function jsonToBinary(type: Type, json: unknown): Uint8Array {
	const plain = toPlain(type, decodeJson(type, json));
	const problem = type.verify(plain);
	if (problem) throw new Error(`${type.name}: ${problem}`);
	return type.encode(type.fromObject(plain)).finish();
}

/** The other way: binary protobuf, as Clarifai's classes write it, as proto3 JSON. */
export function binaryToJson(type: Type, binary: Uint8Array): Message {
	return fromPlain(type, type.toObject(type.decode(binary), { longs: String }));
}

function toPlain(type: Type, message: Message): Message {
	return mapFields(type, message, (field, value) => {
		if (!(field.resolvedType instanceof protobuf.Type)) return value;
		const wellKnown = TO_PLAIN[field.resolvedType.fullName];
		return wellKnown ? wellKnown(value) : toPlain(field.resolvedType, value as Message);
	});
}

function fromPlain(type: Type, message: Message): Message {
	return mapFields(type, message, (field, value) => {
		if (!(field.resolvedType instanceof protobuf.Type)) return value;
		const wellKnown = FROM_PLAIN[field.resolvedType.fullName];
		return wellKnown
			? wellKnown(value as Message)
			: fromPlain(field.resolvedType, value as Message);
	});
}

function mapFields(
	type: Type,
	message: Message,
	convert: (field: Field, value: unknown) => unknown,
): Message {
	return Object.fromEntries(
		Object.entries(message).map(([name, value]) => {
			const field = type.fields[name]!;
			if (field.map) {
				const entries = Object.entries(value as Message);
				return [name, Object.fromEntries(entries.map(([key, one]) => [key, convert(field, one)]))];
			}
			return [
				name,
				field.repeated
					? (value as unknown[]).map((one) => convert(field, one))
					: convert(field, value),
			];
		}),
	);
}

/** Binary protobuf has no zeros, in wrappers neither. */
const wrap = (value: unknown) => (value ? { value } : {});

const TO_PLAIN: Record<string, (value: unknown) => unknown> = {
	'.google.protobuf.Struct': structToPlain,
	'.google.protobuf.Value': valueToPlain,
	'.google.protobuf.Timestamp': (value) => {
		const ms = Date.parse(value as string);
		return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
	},
	'.google.protobuf.Duration': (value) => ({ seconds: Number.parseInt(value as string, 10) }),
	'.google.protobuf.BoolValue': wrap,
	'.google.protobuf.UInt64Value': wrap,
};

const FROM_PLAIN: Record<string, (value: Message) => unknown> = {
	'.google.protobuf.Struct': structFromPlain,
	'.google.protobuf.Value': valueFromPlain,
	'.google.protobuf.BoolValue': ({ value = false }) => value as boolean,
	'.google.protobuf.Timestamp': ({ seconds = 0, nanos = 0 }) =>
		new Date(Number(seconds) * 1000 + nanos / 1e6).toISOString(),
};

function structToPlain(struct: unknown): Message {
	const entries = Object.entries(struct as Message);
	return { fields: Object.fromEntries(entries.map(([key, value]) => [key, valueToPlain(value)])) };
}

function valueToPlain(value: unknown): Message {
	if (value === null) return { nullValue: 0 };
	if (typeof value === 'number') return { numberValue: value };
	if (typeof value === 'string') return { stringValue: value };
	if (typeof value === 'boolean') return { boolValue: value };
	if (Array.isArray(value)) return { listValue: { values: value.map(valueToPlain) } };
	return { structValue: structToPlain(value) };
}

function structFromPlain({ fields = {} }: Message): Message {
	const entries = Object.entries(fields as Message);
	return Object.fromEntries(entries.map(([key, value]) => [key, valueFromPlain(value as Message)]));
}

function valueFromPlain(value: Message): unknown {
	if ('structValue' in value) return structFromPlain(value.structValue as Message);
	if ('listValue' in value) return (value.listValue.values ?? []).map(valueFromPlain);
	if ('nullValue' in value) return null;
	return value.numberValue ?? value.stringValue ?? value.boolValue;
}
