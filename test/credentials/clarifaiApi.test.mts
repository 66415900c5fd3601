import { DEMO, demoCredential, setUp, type SetUp } from '../nodes/setup.mts';

let clarifai: SetUp;

beforeAll(async () => {
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
		emulator.requests.length = 0;

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
