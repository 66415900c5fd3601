import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';
import { LargeBase64 } from './largeBase64.mts';
import { fullNameOf, isAbsentWhenZero } from './message.mts';
import type { Message } from './message.mts';

/** A request that proto3 JSON does not allow for its message type. */
export class InvalidJson extends Error {}

export interface DecodeOptions {
	/** Take enum numbers that the protos do not know, as a newer server would send them. */
	openEnums?: boolean;
}

/**
 * Reads proto3 JSON strictly: unknown fields, wrong types and unknown enum values are refused.
 * One rule is stricter than proto3 JSON: only snake_case names are taken, as only they are documented.
 */
export function decodeJson(type: Type, json: unknown, options: DecodeOptions = {}): Message {
	return decodeMessage(type, json, '', options);
}

/** Reads the text of a path or query parameter as the type of its field. */
export function decodeText(field: Field, text: string, path: string): unknown {
	if (field.resolvedType instanceof protobuf.Type) {
		throw new InvalidJson(`${path}: cannot be given in the URL`);
	}
	if (field.type === 'bool') {
		if (text === 'true' || text === '1') return true;
		if (text === 'false' || text === '0') return false;
		throw new InvalidJson(`${path}: expected true or false, got '${text}'`);
	}
	const isEnumNumber = field.resolvedType instanceof protobuf.Enum && /^-?\d+$/.test(text);
	return decodeSingle(field, isEnumNumber ? Number(text) : text, path, {});
}

function decodeMessage(type: Type, json: unknown, path: string, options: DecodeOptions): Message {
	if (!isPlainObject(json)) {
		throw new InvalidJson(`${path || 'body'}: expected an object, got ${describe(json)}`);
	}
	const message: Message = {};
	const oneofs = new Map<string, string>();
	for (const [key, value] of Object.entries(json)) {
		const fieldPath = path ? `${path}.${key}` : key;
		if (!Object.hasOwn(type.fields, key)) {
			throw new InvalidJson(`unknown field '${fieldPath}' in ${type.name}`);
		}
		const field = type.fields[key]!;
		if (value === null && !isValue(field)) continue;
		if (field.partOf) {
			const other = oneofs.get(field.partOf.name);
			if (other) throw new InvalidJson(`${fieldPath}: cannot be set together with '${other}'`);
			oneofs.set(field.partOf.name, key);
		}
		const decoded = decodeField(field, value, fieldPath, options);
		if (!isAbsentWhenZero(field, decoded)) message[key] = decoded;
	}
	addJsonDefaults(type, json, message);
	return message;
}

/**
 * `cl_default_float`: the value a field has when JSON, unlike binary, leaves it out. A zero that is given
 * is a zero, and so absent from the message: it is what makes a concept a negative label.
 */
function addJsonDefaults(type: Type, json: Message, message: Message) {
	for (const [name, fallback] of jsonDefaultsOf(type)) {
		if (json[name] === undefined || json[name] === null) message[name] = fallback;
	}
}

const jsonDefaults = new WeakMap<Type, Array<[string, number]>>();

function jsonDefaultsOf(type: Type) {
	const known = jsonDefaults.get(type);
	if (known) return known;
	const defaults = type.fieldsArray.flatMap(({ name, options }): Array<[string, number]> => {
		const fallback = options?.['(clarifai.api.utils.cl_default_float)'];
		return fallback === undefined ? [] : [[name, Number(fallback)]];
	});
	jsonDefaults.set(type, defaults);
	return defaults;
}

function decodeField(field: Field, value: unknown, path: string, options: DecodeOptions): unknown {
	if (field.map) {
		if (!isPlainObject(value)) throw wrongType(path, 'an object', value);
		return Object.fromEntries(
			Object.entries(value).map(([key, entry]) => [
				key,
				decodeSingle(field, entry, `${path}.${key}`, options),
			]),
		);
	}
	if (field.repeated) {
		if (!Array.isArray(value)) throw wrongType(path, 'an array', value);
		return value.map((entry, index) => decodeSingle(field, entry, `${path}[${index}]`, options));
	}
	return decodeSingle(field, value, path, options);
}

function decodeSingle(field: Field, value: unknown, path: string, options: DecodeOptions): unknown {
	const { resolvedType } = field;
	if (resolvedType instanceof protobuf.Enum) {
		if (typeof value === 'string' && Object.hasOwn(resolvedType.values, value)) {
			return resolvedType.values[value];
		}
		const isNumber = typeof value === 'number' && Number.isInteger(value);
		if (isNumber && (options.openEnums || value in resolvedType.valuesById)) return value;
		throw new InvalidJson(`${path}: ${describe(value)} is not a value of ${resolvedType.name}`);
	}
	if (resolvedType instanceof protobuf.Type) {
		const wellKnown = WELL_KNOWN[fullNameOf(resolvedType)];
		return wellKnown ? wellKnown(value, path) : decodeMessage(resolvedType, value, path, options);
	}
	return decodeScalar(field.type, value, path);
}

type Reader = (value: unknown, path: string) => unknown;

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

const WELL_KNOWN: Record<string, Reader> = {
	'.google.protobuf.Struct': (value, path) => {
		if (!isPlainObject(value)) throw wrongType(path, 'an object', value);
		return value;
	},
	'.google.protobuf.Value': (value) => value,
	'.google.protobuf.ListValue': (value, path) => {
		if (!Array.isArray(value)) throw wrongType(path, 'an array', value);
		return value;
	},
	'.google.protobuf.Timestamp': (value, path) => {
		if (typeof value !== 'string' || !RFC3339.test(value) || Number.isNaN(Date.parse(value))) {
			throw wrongType(path, 'an RFC 3339 timestamp', value);
		}
		return value;
	},
	'.google.protobuf.Duration': (value, path) => {
		if (typeof value !== 'string' || !/^-?\d+(\.\d{1,9})?s$/.test(value)) {
			throw wrongType(path, 'a duration such as "1.5s"', value);
		}
		return value;
	},
	'.google.protobuf.BoolValue': (value, path) => decodeScalar('bool', value, path),
	'.google.protobuf.StringValue': (value, path) => decodeScalar('string', value, path),
	'.google.protobuf.Int32Value': (value, path) => decodeScalar('int32', value, path),
	'.google.protobuf.UInt32Value': (value, path) => decodeScalar('uint32', value, path),
	'.google.protobuf.Int64Value': (value, path) => decodeScalar('int64', value, path),
	'.google.protobuf.UInt64Value': (value, path) => decodeScalar('uint64', value, path),
	'.google.protobuf.FloatValue': (value, path) => decodeScalar('float', value, path),
	'.google.protobuf.DoubleValue': (value, path) => decodeScalar('double', value, path),
};

const INTEGER_RANGES: Record<string, [bigint, bigint]> = {
	int32: [-(2n ** 31n), 2n ** 31n - 1n],
	uint32: [0n, 2n ** 32n - 1n],
	int64: [-(2n ** 63n), 2n ** 63n - 1n],
	uint64: [0n, 2n ** 64n - 1n],
};

function decodeScalar(type: string, value: unknown, path: string): unknown {
	switch (type) {
		case 'string':
			if (typeof value !== 'string') throw wrongType(path, 'a string', value);
			return value;
		case 'bool':
			if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value);
			return value;
		case 'bytes':
			if (value instanceof LargeBase64) return value;
			if (typeof value !== 'string' || !/^[\w+/-]*={0,2}$/.test(value)) {
				throw wrongType(path, 'base64 text', value);
			}
			return value;
		case 'float':
		case 'double':
			return decodeFloat(type, value, path);
		default:
			return decodeInteger(type, value, path);
	}
}

function decodeFloat(type: string, value: unknown, path: string) {
	const isText = typeof value === 'string' && value.trim() !== '';
	const number = typeof value === 'number' ? value : isText ? Number(value) : Number.NaN;
	const tooLarge = type === 'float' && Math.abs(number) > 3.4028234663852886e38;
	if (!Number.isFinite(number) || tooLarge) throw wrongType(path, `a ${type} number`, value);
	return number;
}

/** Integers come as numbers or as text; beyond 2^53 only text is exact, so it stays text. */
function decodeInteger(type: string, value: unknown, path: string) {
	const range = INTEGER_RANGES[type.replace('sint', 'int').replace('sfixed', 'int')];
	const isInteger =
		(typeof value === 'number' && Number.isInteger(value)) ||
		(typeof value === 'string' && /^-?\d+$/.test(value));
	if (!range || !isInteger) throw wrongType(path, `an ${type} number`, value);
	const exact = BigInt(value as string | number);
	if (exact < range[0] || exact > range[1]) throw wrongType(path, `an ${type} number`, value);
	const number = Number(exact);
	return Number.isSafeInteger(number) ? number : exact.toString();
}

function isValue({ resolvedType }: Field) {
	return (
		resolvedType instanceof protobuf.Type && fullNameOf(resolvedType) === '.google.protobuf.Value'
	);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(path: string, expected: string, value: unknown) {
	return new InvalidJson(`${path}: expected ${expected}, got ${describe(value)}`);
}

function describe(value: unknown) {
	if (Array.isArray(value)) return 'an array';
	if (typeof value === 'object' && value !== null) return 'an object';
	return JSON.stringify(value) ?? 'nothing';
}
