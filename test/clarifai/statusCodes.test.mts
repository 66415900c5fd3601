import { StatusCode, statusCodeOf } from '../../nodes/shared/clarifai/statusCodes.ts';
import { loadProtos } from '../emulator/protos.mts';

it("has Clarifai's own names and numbers", () => {
	expect(loadProtos().statusCodes).toMatchObject(StatusCode);
});

it.each([
	[10000, 10000],
	['10000', 10000],
	['SUCCESS', 10000],
	['CONN_THROTTLED', 11005],
	['toString', undefined],
	['SOMETHING_NEW', undefined],
	[undefined, undefined],
	[null, undefined],
	[{}, undefined],
])('%j is the code %j', (value, code) => {
	expect(statusCodeOf(value)).toBe(code);
});
