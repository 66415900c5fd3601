import { DEMO } from '../../tools/emulator/emulator.mts';
import type { Stack } from '../stack.mts';

export function credentialCases(stack: Stack) {
	test.each([
		['a Personal Access Token', DEMO.pat],
		['an app key', DEMO.appKey],
	])('passes its test with %s', async (_kind, accessToken) => {
		expect(await stack.n8n.testCredential(stack.credential, { accessToken })).toMatchObject({
			status: 'OK',
		});
	});

	test.each([
		['token', { accessToken: 'wrong' }, /access token/],
		['app ID', { appId: 'no-such-app' }, /no such app/],
		['user ID', { userId: 'no-such-user' }, /User ID/],
	])('fails its test with a wrong %s and says why', async (_field, wrong, reason) => {
		expect(await stack.n8n.testCredential(stack.credential, wrong)).toEqual({
			status: 'Error',
			message: expect.stringMatching(reason),
		});
	});

	test('fails its test when Clarifai cannot be reached', async () => {
		const result = await stack.n8n.testCredential(stack.credential, {
			baseUrl: 'http://127.0.0.1:9',
		});
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(/\w/) });
	});
}
