import { StatusCode, statusCodeOf } from '../../../../nodes/shared/clarifai/statusCodes.ts';
import { loadProtos } from '../../../tools/emulator/protos.mts';

it("has Clarifai's own names and numbers", () => {
	// The published protos are one release older than these.
	const { JOB_PAUSED, DEPLOYMENT_DISABLED, ...published } = StatusCode;

	expect({ JOB_PAUSED, DEPLOYMENT_DISABLED }).toEqual({
		JOB_PAUSED: 64008,
		DEPLOYMENT_DISABLED: 25903,
	});
	expect(loadProtos().statusCodes).toMatchObject(published);
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
