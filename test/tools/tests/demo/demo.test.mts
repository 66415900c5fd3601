import { request } from 'node:http';
import type { ITaskData } from 'n8n-workflow';
import { startFixtureServer } from '../../engine/fixtureServer.mts';
import { summaryOf } from '../../demo/outputs.mts';
import { RequestObserver } from '../../demo/requests.mts';
import { chooseTarget } from '../../demo/target.mts';

describe('where the demo runs', () => {
	const complete = { CLARIFAI_PAT: 'pat', CLARIFAI_USER_ID: 'me', CLARIFAI_APP_ID: 'app' };

	test('against Clarifai when its variables are set', async () => {
		expect(await chooseTarget(complete)).toMatchObject({
			baseUrl: 'https://api.clarifai.com',
			accessToken: 'pat',
			userId: 'me',
			appId: 'app',
		});
		expect(
			await chooseTarget({ ...complete, CLARIFAI_API_BASE: 'https://clarifai.example' }),
		).toMatchObject({ baseUrl: 'https://clarifai.example' });
	});

	test.each(Object.keys(complete))('says that %s is missing', async (name) => {
		await expect(chooseTarget({ ...complete, [name]: '' })).rejects.toThrow(`also set ${name}.`);
	});

	test('does not send an emulator run to a base URL given alone', async () => {
		await expect(chooseTarget({ CLARIFAI_API_BASE: 'https://clarifai.example' })).rejects.toThrow(
			'CLARIFAI_PAT and CLARIFAI_USER_ID and CLARIFAI_APP_ID',
		);
	});
});

test('changes at the API are shown, equal ones counted, and reads are counted', async () => {
	const api = await startFixtureServer();
	const other = await startFixtureServer();
	const observer = new RequestObserver(api.url);
	const send = async (method: string, url: string) =>
		await new Promise((resolve) =>
			request(url, { method }, (response) => response.resume().on('end', resolve)).end(),
		);

	api.failNext = 1;
	for (const url of [`${api.url}/a?b=1`, `${api.url}/c`, `${other.url}/d`, `${api.url}/c`]) {
		await send('POST', url);
		await send('GET', url);
	}

	expect(observer.take()).toEqual([
		'POST /a?b=1 -> 500',
		'POST /c -> 200 (2 times)',
		'GET requests: 3',
	]);
	expect(observer.take()).toEqual([]);
	observer.stop();
	await Promise.all([api.close(), other.close()]);
});

test('the summary of a node keeps to the keys that tell what it did', () => {
	const task = (...rows: object[]) =>
		({ data: { main: [rows.map((json) => ({ json }))] } }) as unknown as ITaskData;

	expect(summaryOf(task({ modelId: 'm', userId: 'u', created: true }))).toBe(
		'modelId "m", created true',
	);
	expect(summaryOf(task({ template: 'A' }, { template: 'B' }))).toBe(
		'2 items, the first one with template "A"',
	);
	expect(summaryOf(task({ other: 1 }, { other: 2 }))).toBe('2 items');
	expect(summaryOf(task())).toBe('no items');
});
