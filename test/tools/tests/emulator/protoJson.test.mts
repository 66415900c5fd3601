import protobuf from 'protobufjs';
import { decodeJson } from '../../emulator/decodeJson.mts';
import { encodeJson } from '../../emulator/encodeJson.mts';
import { loadProtos } from '../../emulator/protos.mts';

const protos = loadProtos();

/** The corners of proto3 JSON, on a message type that has them all. */
protobuf.parse(
	`syntax = "proto3";
	package emulator.test;
	message Everything {
		int64 big = 1;
		uint32 small = 2;
		float ratio = 3;
		bytes data = 4;
		map<string, int32> counts = 5;
		oneof choice { bool yes = 6; string other = 7; }
		google.protobuf.BoolValue maybe = 8;
		google.protobuf.StringValue text = 9;
		google.protobuf.Int32Value number = 10;
		google.protobuf.UInt64Value huge = 11;
		google.protobuf.DoubleValue exact = 12;
		google.protobuf.ListValue list = 13;
		google.protobuf.Value value = 14;
		google.protobuf.Duration time = 15;
		repeated string names = 16;
	}`,
	protos.root,
	{ keepCase: true },
);
protos.root.resolveAll();
const Everything = protos.type('emulator.test.Everything');

describe('reading', () => {
	test.each([
		['64-bit numbers as text, exact beyond 2^53', { big: '9007199254740993' }, undefined],
		['64-bit numbers as text', { big: '-5' }, { big: -5 }],
		['numbers as text', { small: '7', ratio: '0.5' }, { small: 7, ratio: 0.5 }],
		['maps', { counts: { a: 1, b: '2' } }, { counts: { a: 1, b: 2 } }],
		['a oneof member that is zero', { yes: false }, undefined],
		[
			'wrappers that are zero',
			{ maybe: false, text: '', number: 0, huge: '0' },
			{ maybe: false, text: '', number: 0, huge: 0 },
		],
		['a value of null', { value: null }, undefined],
		['a list value', { list: [1, [null]] }, undefined],
		['durations', { time: '1.5s' }, undefined],
		['bytes', { data: 'AQI=' }, undefined],
		['zero values, as absent', { big: 0, small: '0', ratio: 0, data: '', names: [] }, {}],
		['null, as absent', { big: null, names: null, maybe: null }, {}],
	])('%s', (_name, json, expected) => {
		expect(decodeJson(Everything, json)).toEqual(expected ?? json);
	});

	test('a default of a field, unless the field is given, be it as zero', () => {
		const Concept = protos.type('Concept');
		expect(decodeJson(Concept, { id: 'a' })).toEqual({ id: 'a', value: 1 });
		expect(decodeJson(Concept, { id: 'a', value: null })).toEqual({ id: 'a', value: 1 });
		expect(decodeJson(Concept, { id: 'a', value: 0 })).toEqual({ id: 'a' });
	});

	test.each([
		['a number beyond its range', { small: -1 }, 'small'],
		['a number beyond 64 bits', { big: '9223372036854775808' }, 'big'],
		['a float beyond its range', { ratio: 1e39 }, 'ratio'],
		['empty text for a number', { ratio: '' }, 'ratio'],
		['text that is no base64', { data: '?' }, 'data'],
		['a map of the wrong values', { counts: { a: 'x' } }, 'counts.a'],
		['an array for a map', { counts: [] }, 'counts'],
		[
			'two members of a oneof',
			{ yes: true, other: 'x' },
			"other: cannot be set together with 'yes'",
		],
		['a wrapper of the wrong type', { maybe: 'true' }, 'maybe'],
		['an object for a list value', { list: {} }, 'list'],
		['a number for a duration', { time: 1.5 }, 'time'],
		['a number in a list of text', { names: ['a', 1] }, 'names[1]'],
	])('refuses %s', (_name, json, details) => {
		expect(() => decodeJson(Everything, json)).toThrow(details);
	});
});

describe('writing', () => {
	test('64-bit numbers as text, wrappers plain, zero members of a oneof shown', () => {
		const message = { big: 5, huge: 6, maybe: false, number: 0, yes: false, counts: { a: 0 } };
		expect(encodeJson(Everything, message)).toEqual({ ...message, big: '5', huge: '6' });
	});

	const model = protos.type('Model');

	test.each([
		[
			'a field that Clarifai does not have',
			{ id: 'm', modelTypeId: 'x' },
			"Model has no field 'modelTypeId'",
		],
		[
			'such a field deep inside',
			{ model_version: { status: { errors: [] } } },
			"Status has no field 'errors'",
		],
		['a value of the wrong type', { id: 7 }, 'Model.id cannot be 7'],
		[
			'an enum by name',
			{ visibility: { gettable: 'PUBLIC' } },
			'Visibility.gettable cannot be "PUBLIC"',
		],
		['a timestamp that is none', { created_at: 'now' }, 'Model.created_at cannot be "now"'],
		['text for a Struct', { metadata: 'x' }, 'Model.metadata cannot be "x"'],
	])('throws for %s', (_name, message, error) => {
		expect(() => encodeJson(model, message)).toThrow(error);
	});
});
