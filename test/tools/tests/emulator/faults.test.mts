import { startEmulator } from '../../emulator/emulator.mts';
import type { FaultKind, FaultRule } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';
import { TestClient, VALID_TRAINING } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

const MODEL = JSON.stringify({ models: [{ id: 'm', model_type_id: 'visual-classifier' }] });

const createModel = () => clarifai.client.sendRaw('POST', '/models', MODEL);
const wasCarriedOut = () => clarifai.emulator.app().models.has('m');

describe('answered, but not carried out', () => {
	test.each<[FaultRule, number, string | RegExp]>([
		[{ kind: 'throttle' }, 429, /"code":11005.*exceeded limit of 15 requests per second/],
		[{ kind: 'http500' }, 500, /"code":98004/],
		[{ kind: 'http502html' }, 502, /^<html>/],
		[{ kind: 'http503' }, 503, /"code":98004/],
		[{ kind: 'http504', details: 'too slow' }, 504, /"details":"too slow"/],
		[{ kind: 'okWithFailureStatus' }, 200, /"code":10020/],
		[{ kind: 'okWithFailureStatus', code: 99009 }, 200, /"code":99009/],
	])('%j', async (rule, http, text) => {
		clarifai.emulator.faults.add(rule);
		const reply = await createModel();
		expect(reply.http).toBe(http);
		expect(reply.text).toMatch(text);
		expect(wasCarriedOut()).toBe(false);
		expect(clarifai.emulator.requests[0]).toMatchObject({ fault: rule.kind, status: http });
	});

	test('throttle with and without Retry-After', async () => {
		clarifai.emulator.faults.add({ kind: 'throttle', retryAfter: 7, times: 1 });
		clarifai.emulator.faults.add({ kind: 'throttle', times: 1 });
		expect((await createModel()).headers['retry-after']).toBe('7');
		expect((await createModel()).headers).not.toHaveProperty('retry-after');
	});

	test('failure10020: the reason is in the item only', async () => {
		clarifai.emulator.addModel('m');
		clarifai.emulator.faults.add({ kind: 'failure10020', code: 21203, details: 'no GPU left' });
		const reply = await clarifai.client.post('/models/m/versions', {
			model_versions: [VALID_TRAINING],
		});
		expect(reply).toMatchObject({ http: 400, code: 10020, details: undefined });
		expect(reply.json.model.model_version.status).toMatchObject({
			code: 21203,
			details: 'no GPU left',
		});
		expect(clarifai.emulator.app().models.get('m')!.versions.size).toBe(0);
	});
});

test('failure10020 of a call whose items have no status', async () => {
	clarifai.emulator.faults.add({ kind: 'failure10020', details: 'database is away' });
	const reply = await clarifai.client.post('/workflows', { workflows: [] });
	expect(reply).toMatchObject({ http: 400, code: 10020, details: 'database is away' });
});

describe('carried out, but not answered well', () => {
	test('mixed10010', async () => {
		clarifai.emulator.addModel('m');
		clarifai.emulator.faults.add({ kind: 'mixed10010', details: 'no GPU left' });
		const reply = await clarifai.client.post('/models/m/versions', {
			model_versions: [VALID_TRAINING],
		});
		expect(reply).toMatchObject({ http: 200, code: 10010 });
		expect(reply.json.model.model_version.status.details).toBe('no GPU left');
		expect(clarifai.emulator.app().models.get('m')!.versions.size).toBe(1);
	});

	test('mixed10010 in a list hits the last item alone', async () => {
		clarifai.emulator.addTrainedVersion('m');
		clarifai.emulator.addTrainedVersion('m');
		clarifai.emulator.faults.add({ kind: 'mixed10010', code: 21106 });
		const { json } = await clarifai.client.get('/models/m/versions');
		const codes = json.model_versions.map(({ status }: Message) => status.code as number);
		expect(codes).toEqual([21100, 21106]);
	});

	test('emptyBody', async () => {
		clarifai.emulator.faults.add({ kind: 'emptyBody' });
		expect(await createModel()).toMatchObject({ http: 200, text: '' });
		expect(wasCarriedOut()).toBe(true);
	});

	test('truncatedJson', async () => {
		clarifai.emulator.faults.add({ kind: 'truncatedJson' });
		const { http, text } = await createModel();
		expect(http).toBe(200);
		expect(() => JSON.parse(text)).toThrow(SyntaxError);
		expect(wasCarriedOut()).toBe(true);
	});

	test('truncatedJson that breaks off', async () => {
		clarifai.emulator.faults.add({ kind: 'truncatedJson', fullLength: true });
		await expect(createModel()).rejects.toThrow();
		expect(wasCarriedOut()).toBe(true);
	});
});

describe('the connection', () => {
	test.each<[FaultKind, boolean]>([
		['resetBefore', false],
		['resetAfter', true],
	])('%s', async (kind, carriedOut) => {
		clarifai.emulator.faults.add({ kind });
		await expect(createModel()).rejects.toThrow();
		expect(wasCarriedOut()).toBe(carriedOut);
		expect(clarifai.emulator.requests[0]!.status).toBeUndefined();
	});

	test.each([false, true])('hang until the emulator closes, carriedOut %s', async (carriedOut) => {
		const other = await startEmulator();
		other.faults.add({ kind: 'hang', carriedOut });
		const hanging = new TestClient(other).sendRaw('POST', '/models', MODEL);
		const ended = expect(hanging).rejects.toThrow();
		while (other.requests.length === 0) await new Promise(setImmediate);
		expect(other.app().models.has('m')).toBe(carriedOut);
		await other.close();
		await ended;
	});
});

describe('paging', () => {
	const idsOf = async (page: number) =>
		((await clarifai.client.get(`/models?per_page=4&page=${page}`)).json.models as Message[]).map(
			({ id }) => id as string,
		);

	beforeEach(() => {
		clarifai.emulator.addModels(10);
	});

	test('repeatPage', async () => {
		clarifai.emulator.faults.add({ kind: 'repeatPage' });
		expect(await idsOf(2)).toEqual(await idsOf(1));
		expect(clarifai.emulator.faults.injected).toEqual({ repeatPage: 1 });
	});

	test('shrinkPage', async () => {
		clarifai.emulator.faults.add({ kind: 'shrinkPage' });
		expect(await idsOf(1)).toHaveLength(4);
		expect(await idsOf(2)).toEqual(['model-6', 'model-5']);
	});
});

describe('the course of things', () => {
	test('trainingFails', async () => {
		clarifai.emulator.faults.add({ kind: 'trainingFails', code: 21113, details: 'took too long' });
		const versionId = await clarifai.client.train('m');
		clarifai.emulator.clock.advance(60_000);
		expect((await clarifai.client.version('m', versionId)).status).toMatchObject({
			code: 21113,
			details: 'took too long',
		});
	});

	test('clockJump', async () => {
		const versionId = await clarifai.client.train('m');
		clarifai.emulator.faults.add({ kind: 'clockJump', ms: 60_000, times: 1 });
		expect((await clarifai.client.version('m', versionId)).status.code).toBe(21100);
		clarifai.emulator.faults.add({ kind: 'clockJump', ms: -60_000, times: 1 });
		expect((await clarifai.client.version('m', versionId)).status.code).toBe(21103);
	});
});

describe('rules', () => {
	const httpCodes = async (count: number) => {
		const codes: number[] = [];
		for (let sent = 0; sent < count; sent++)
			codes.push((await clarifai.client.get('/models')).http);
		return codes;
	};

	test('skip and times', async () => {
		const active = clarifai.emulator.faults.add({ kind: 'http500', skip: 1, times: 2 });
		expect(await httpCodes(5)).toEqual([200, 500, 500, 200, 200]);
		expect(active).toMatchObject({ matched: 5, injected: 2 });
	});

	test('by call', async () => {
		clarifai.emulator.faults.add({ kind: 'http500', rpc: ['GetApp', 'ListModels'] });
		expect((await clarifai.client.get('/workflows')).http).toBe(200);
		expect((await clarifai.client.get('/models')).http).toBe(500);
	});

	test('by request', async () => {
		clarifai.emulator.faults.add({ kind: 'http503', when: ({ query }) => query.page === '2' });
		expect((await clarifai.client.get('/models?page=1')).http).toBe(200);
		expect((await clarifai.client.get('/models?page=2')).http).toBe(503);
	});

	test('by rate, the same in every run of a seed', async () => {
		const run = async (seed: number) => {
			await clarifai.restart({ seed });
			clarifai.emulator.faults.add({ kind: 'http500', rate: 0.5 });
			return (await httpCodes(40)).join();
		};
		const first = await run(1);
		expect(first).toContain('200');
		expect(first).toContain('500');
		expect(await run(1)).toBe(first);
		expect(await run(2)).not.toBe(first);
	});

	test('removed one by one or all at once; the counts stay', async () => {
		const active = clarifai.emulator.faults.add({ kind: 'http500' });
		clarifai.emulator.faults.add({ kind: 'http503' });
		await httpCodes(1);
		active.remove();
		expect(await httpCodes(1)).toEqual([503]);
		clarifai.emulator.faults.clear();
		expect(await httpCodes(1)).toEqual([200]);
		expect(clarifai.emulator.faults.injected).toEqual({ http500: 1, http503: 1 });
		expect(clarifai.emulator.faults.total).toBe(2);
	});
});
