import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DEMO, startEmulator } from '../../emulator/emulator.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ trainingSeconds: 1000 });

describe('the emulator itself', () => {
	test("throttles with Clarifai's code and words", async () => {
		await clarifai.restart({ requestsPerSecond: 1, retryAfter: 3 });
		const replies = await Promise.all(
			Array.from({ length: 10 }, () => clarifai.client.get('/models')),
		);
		const refused = replies.find(({ http }) => http === 429)!;
		expect(refused).toMatchObject({
			code: 11005,
			details: 'exceeded limit of 1 requests per second',
			headers: { 'retry-after': '3' },
		});
		expect(refused.json.status.description).toBe('Making too many requests');
	});

	test('records what it was sent and what it answered', async () => {
		await clarifai.client.post('/models', {
			models: [{ id: 'm', model_type_id: 'visual-classifier' }],
		});
		await clarifai.client.get('/models/none?additional_fields=all');
		expect(clarifai.emulator.requests).toMatchObject([
			{
				method: 'POST',
				path: `/v2/users/${DEMO.userId}/apps/${DEMO.appId}/models`,
				rpc: 'PostModels',
				body: { models: [{ id: 'm' }] },
				authorization: `Key ${DEMO.pat}`,
				status: 200,
				code: 10000,
			},
			{ rpc: 'GetModel', query: { additional_fields: 'all' }, status: 404, code: 21200 },
		]);
		expect(JSON.stringify(clarifai.emulator.requests.map(({ headers }) => headers))).not.toContain(
			DEMO.pat,
		);
	});

	test('gives the same IDs in every run', async () => {
		const first = await clarifai.client.train('m');
		await clarifai.restart({ trainingSeconds: 1000 });
		expect(await clarifai.client.train('m')).toBe(first);
	});

	test('listens on the loopback address only', async () => {
		const addresses = Object.values(networkInterfaces())
			.flatMap((addresses) => addresses ?? [])
			.filter(({ internal, family }) => !internal && family === 'IPv4')
			.map(({ address }) => address);
		const connects = (host: string) =>
			new Promise<boolean>((resolve) => {
				const socket = connect({ host, port: clarifai.emulator.port });
				socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
				socket.once('connect', () => socket.destroy());
			});
		expect(clarifai.emulator.url).toBe(`http://127.0.0.1:${clarifai.emulator.port}`);
		expect(await connects('127.0.0.1')).toBe(true);
		for (const address of ['::1', ...addresses]) expect(await connects(address)).toBe(false);
	});

	test('says when its port is taken', async () => {
		await expect(startEmulator({ port: clarifai.emulator.port })).rejects.toMatchObject({
			code: 'EADDRINUSE',
		});
	});
});
