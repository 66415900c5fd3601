import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEMO, demoCredential, setUp, type SetUp } from '../nodes/setup.mts';

let clarifai: SetUp;

beforeEach(async () => {
	clarifai = await setUp();
	clarifai.emulator.addApp('second-app');
});

const test = async (changes: Record<string, string> = {}) =>
	await clarifai.engine.testCredential({
		...demoCredential(clarifai.emulator.url),
		...changes,
	});

describe('the credential test', () => {
	it.each([
		['a personal access token', {}],
		['an app key', { accessToken: DEMO.appKey }],
		["another of the user's apps", { appId: 'second-app' }],
	])('accepts %s', async (_what, changes) => {
		expect(await test(changes)).toEqual({ ok: true, message: 'Connection successful!' });
	});

	it('makes one small call that needs token, user and app', async () => {
		const { emulator } = clarifai;

		await test();

		expect(emulator.requests).toMatchObject([
			{
				method: 'GET',
				path: `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/models`,
				query: { per_page: '1' },
				authorization: `Key ${DEMO.pat}`,
			},
		]);
	});

	it.each([['/'], ['//'], ['/v2'], ['/v2/'], [' ']])(
		'and the nodes accept a base URL that ends in "%s"',
		async (end) => {
			const baseUrl = clarifai.emulator.url + end;
			const { run } = await clarifai.withCredential({ baseUrl });

			expect(await test({ baseUrl })).toMatchObject({ ok: true });
			expect((await run('clarifaiListTemplates')).error).toBeUndefined();
		},
	);

	it.each([
		['', 'https://api.clarifai.com'],
		['  ', 'https://api.clarifai.com'],
		['clarifai.example.test', 'https://clarifai.example.test'],
		['clarifai.example.test/v2/', 'https://clarifai.example.test'],
	])('and the nodes take the base URL %j for %s', async (baseUrl, alsoAt) => {
		const { engine, emulator, run } = await setUp({ alsoAt, credential: { baseUrl } });

		const result = await engine.testCredential({ ...demoCredential(emulator.url), baseUrl });
		const { error } = await run('clarifaiListTemplates');

		expect(result).toMatchObject({ ok: true });
		expect(error).toBeUndefined();
		expect(emulator.requests).toHaveLength(2);
	});

	it('and the nodes take a link to the app for its user and for itself', async () => {
		const link = ` https://clarifai.com/${DEMO.userId}/${DEMO.appId}/models?page=2 `;
		const { engine, emulator, run } = await setUp({ credential: { userId: link, appId: link } });

		const result = await engine.testCredential({
			...demoCredential(emulator.url),
			userId: link,
			appId: link,
		});
		const { json } = await run('clarifaiCreateModel', { modelId: 'cars' });

		expect(result).toMatchObject({ ok: true });
		expect(json).toMatchObject([{ userId: DEMO.userId, appId: DEMO.appId, created: true }]);
	});

	it("refuses a server whose answers are not Clarifai's", async () => {
		const page = createServer((_request, response) => response.end('<html>Sign in</html>'));
		await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
		const { port } = page.address() as AddressInfo;

		const result = await test({ baseUrl: `http://127.0.0.1:${port}` });

		page.close();
		expect(result).toEqual({
			ok: false,
			message: expect.stringMatching(/answer is not Clarifai's\. Check Base URL/),
		});
	});

	it.each([
		[
			'a token of the wrong format',
			{ accessToken: 'nonsense' },
			/does not accept the access token/,
		],
		['an unknown token', { accessToken: 'f'.repeat(32) }, /does not accept the access token/],
		['a token without scopes', { accessToken: DEMO.scopelessPat }, /lacks the scopes/],
		['an unknown user', { userId: 'nobody' }, /finds no such app\. Check User ID and App ID/],
		['an unknown app', { appId: 'nothing' }, /finds no such app\. Check User ID and App ID/],
		[
			"an app key of another app's",
			{ accessToken: DEMO.appKey, appId: 'second-app' },
			/access token/,
		],
		['a user ID with a slash', { userId: 'a/b' }, /finds no such app/],
		['a server that is away', { baseUrl: 'http://127.0.0.1:1' }, /ECONNREFUSED/],
	])('refuses %s, saying what to do', async (_what, changes, message) => {
		const result = await test(changes);

		expect(result).toEqual({ ok: false, message: expect.stringMatching(message) });
	});
});
