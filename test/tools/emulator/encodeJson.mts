import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';
import { fullNameOf, isAbsentWhenZero } from './message.mts';
import type { Message } from './message.mts';
import { SHOW_IF_EMPTY } from './protos.mts';

/** How enums are written: numbers as in every captured answer, or names as the OpenAPI file says. */
export type EnumDialect = 'numbers' | 'names';

/** How a Duration is written; no captured answer shows it, so a client has to take all three. */
export type DurationDialect = 'string' | 'number' | 'object';

/** How 64-bit integers are written: as text, as proto3 JSON has it, or as numbers; no capture tells. */
export type Integer64Dialect = 'strings' | 'numbers';
/** How many digits a moment has; Clarifai's answers have up to nine. */
export type TimestampDialect = 'milliseconds' | 'nanoseconds';

export interface EncodeOptions {
	enums?: EnumDialect;
	durations?: DurationDialect;
	integers64?: Integer64Dialect;
	timestamps?: TimestampDialect;
	/** Whether fields that hold a list are written when they hold nothing; default: left out. */
	emptyLists?: 'shown';
}

/**
 * Writes proto3 JSON with zero values left out, except where Clarifai's `cl_show_if_empty` says to
 * show them. A key that the message type does not have is a mistake in the emulator and throws, so
 * that it never answers with something Clarifai does not have.
 */
export function encodeJson(type: Type, message: Message, options: EncodeOptions = {}): Message {
	for (const key of Object.keys(message)) {
		if (!Object.hasOwn(type.fields, key)) throw new Error(`${type.name} has no field '${key}'`);
	}
	const json: Message = {};
	const shown = shownWhenEmpty(type, options.emptyLists === 'shown');
	for (const field of type.fieldsArray) {
		const { name } = field;
		const value = message[name];
		if (value !== undefined && !isAbsentWhenZero(field, value)) {
			json[name] = encodeField(field, value, options);
		} else if (shown.has(name)) {
			json[name] = shown.get(name);
		}
	}
	return json;
}

const shownOf = { all: new WeakMap<Type, Shown>(), few: new WeakMap<Type, Shown>() };

type Shown = ReadonlyMap<string, unknown>;

/** The fields of a type that are written when they hold nothing, and what is written then. */
function shownWhenEmpty(type: Type, emptyLists: boolean): Shown {
	const kept = emptyLists ? shownOf.all : shownOf.few;
	const known = kept.get(type);
	if (known) return known;
	const entries = type.fieldsArray
		.map((field) => [field.name, emptyForm(field, emptyLists)] as const)
		.filter(([, form]) => form !== undefined);
	const shown = new Map(entries);
	kept.set(type, shown);
	return shown;
}

function emptyForm(field: Field, emptyLists: boolean): unknown {
	if (field.repeated && emptyLists) return [];
	if (!field.options?.[SHOW_IF_EMPTY]) return undefined;
	if (field.repeated) return [];
	// An absent single message has no JSON form other than null, which no captured answer shows.
	if (field.resolvedType) return undefined;
	return field.typeDefault ?? (field.type === 'string' ? '' : 0);
}

function encodeField(field: Field, value: unknown, options: EncodeOptions): unknown {
	if (field.map) {
		const entries = Object.entries(value as Message);
		return Object.fromEntries(
			entries.map(([key, entry]) => [key, encodeSingle(field, entry, options)]),
		);
	}
	if (field.repeated) {
		return (value as unknown[]).map((entry) => encodeSingle(field, entry, options));
	}
	return encodeSingle(field, value, options);
}

function encodeSingle(field: Field, value: unknown, options: EncodeOptions): unknown {
	const { resolvedType } = field;
	if (resolvedType instanceof protobuf.Enum) {
		if (typeof value !== 'number') throw mistake(field, value);
		return options.enums === 'names' ? (resolvedType.valuesById[value] ?? value) : value;
	}
	if (resolvedType instanceof protobuf.Type)
		return encodeTyped(field, resolvedType, value, options);
	if (typeof value !== jsonType(field.type) && !(is64Bit(field.type) && isDigits(value))) {
		throw mistake(field, value);
	}
	return is64Bit(field.type) ? encodeInteger64(value, options) : value;
}

function encodeInteger64(value: unknown, { integers64 = 'strings' }: EncodeOptions) {
	return integers64 === 'strings' ? String(value) : Number(value);
}

function encodeTyped(field: Field, type: Type, value: unknown, options: EncodeOptions): unknown {
	switch (fullNameOf(type)) {
		case '.google.protobuf.Value':
			return value;
		case '.google.protobuf.Timestamp':
			if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw mistake(field, value);
			return options.timestamps === 'nanoseconds' ? withNanoseconds(value) : value;
		case '.google.protobuf.Duration':
			return encodeDuration(value as number, options.durations ?? 'string');
		case '.google.protobuf.Struct':
			if (typeof value !== 'object' || value === null) throw mistake(field, value);
			return value;
		case '.google.protobuf.Int64Value':
		case '.google.protobuf.UInt64Value':
			return encodeInteger64(value, options);
		case '.google.protobuf.BoolValue':
		case '.google.protobuf.StringValue':
		case '.google.protobuf.Int32Value':
		case '.google.protobuf.UInt32Value':
		case '.google.protobuf.FloatValue':
		case '.google.protobuf.DoubleValue':
			return value;
		default:
			if (typeof value !== 'object' || value === null) throw mistake(field, value);
			return encodeJson(type, value as Message, options);
	}
}

function encodeDuration(seconds: number, dialect: DurationDialect) {
	if (dialect === 'string') return `${seconds}s`;
	return dialect === 'number' ? seconds : { seconds: String(seconds) };
}

/** The digits after the milliseconds only have to be some; like Clarifai's, they do not end with a zero. */
function withNanoseconds(timestamp: string) {
	const digits = timestamp.replace(/\D/g, '').slice(-6).replace(/0+$/, '1');
	return timestamp.replace(/(\.\d{3})Z$/, `$1${digits}Z`);
}

function jsonType(type: string) {
	if (type === 'string' || type === 'bytes') return 'string';
	return type === 'bool' ? 'boolean' : 'number';
}

function is64Bit(type: string) {
	return type.endsWith('64');
}

function isDigits(value: unknown) {
	return typeof value === 'string' && /^-?\d+$/.test(value);
}

function mistake(field: Field, value: unknown) {
	return new Error(`${field.fullName} cannot be ${JSON.stringify(value)}`);
}
