import type { Message } from '../../emulator/message.mts';
import { tinyGif } from '../../emulator/tinyGif.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ processingSeconds: 10 });

const SECOND = 1000;
const JOB = '/inputs/jobs/add/n8n-4711-0';

const post = (ids: string[], jobId = 'n8n-4711-0') =>
	clarifai.client.post('/inputs', {
		inputs: ids.map((id, n) => ({
			id,
			data: { image: { base64: tinyGif(100_000 + n).toString('base64') } },
		})),
		inputs_add_job_id: jobId,
	});

const job = async () => (await clarifai.client.get(JOB)).json.inputs_add_job as Message;

test('follows the inputs of several requests', async () => {
	clarifai.emulator.planInput('bad', { outcome: 30002 });
	const { json } = await post(['a', 'bad']);
	expect(json.inputs_add_job).toMatchObject({
		id: 'n8n-4711-0',
		status: { code: 64001 },
		progress: { pending_count: '2' },
	});
	clarifai.emulator.clock.advance(5 * SECOND);
	await post(['c', 'd', 'e']);
	expect((await job()).progress).toEqual({ pending_count: '3', in_progress_count: '2' });
	clarifai.emulator.clock.advance(5 * SECOND);
	expect((await job()).progress).toEqual({
		in_progress_count: '3',
		success_count: '1',
		failed_count: '1',
	});
	clarifai.emulator.clock.advance(5 * SECOND);
	const ended = await job();
	expect(ended).toMatchObject({
		status: { code: 64002 },
		progress: { success_count: '4', failed_count: '1' },
	});
	// A count that is zero is left out.
	expect(ended.progress).not.toHaveProperty('pending_count');
	expect(Date.parse(ended.modified_at)).toBeGreaterThanOrEqual(
		Date.parse(ended.created_at) + 15 * SECOND,
	);
});

test('counts only inputs that were added', async () => {
	await post(['a']);
	const { json } = await post(['a', 'b']);
	expect(json.status.code).toBe(10010);
	expect(json.inputs_add_job.progress).toEqual({ pending_count: '2' });
});

test('writes counts as numbers on request', async () => {
	await clarifai.restart({ integers64: 'numbers' });
	expect((await post(['a'])).json.inputs_add_job.progress).toEqual({ pending_count: 1 });
});

test('is listed beside others, newest first', async () => {
	await post(['a'], 'first');
	clarifai.emulator.clock.advance(SECOND);
	await post(['b'], 'second');
	const { json } = await clarifai.client.get('/inputs/jobs/add?per_page=1');
	expect(json.inputs_add_jobs).toMatchObject([{ id: 'second' }]);
	const { json: next } = await clarifai.client.get('/inputs/jobs/add?per_page=1&page=2');
	expect(next.inputs_add_jobs).toMatchObject([{ id: 'first' }]);
});

test('can be cancelled: inputs that wait are given up, the others stay', async () => {
	await post(['done']);
	clarifai.emulator.clock.advance(5 * SECOND);
	await post(['waits']);
	clarifai.emulator.clock.advance(SECOND);
	const { json } = await clarifai.client.patch(JOB, {});
	expect(json.inputs_add_job.status.code).toBe(64004);
	clarifai.emulator.clock.advance(60 * SECOND);
	expect(await job()).toMatchObject({
		status: { code: 64004 },
		progress: { success_count: '1', failed_count: '1' },
	});
	expect((await clarifai.client.get('/inputs/waits')).json.input.status).toMatchObject({
		code: 30002,
		details: 'the job was cancelled',
	});
});

test('does not exist without being named', async () => {
	const inputs = [{ id: 'a', data: { text: { raw: 'hello' } } }];
	expect((await clarifai.client.post('/inputs', { inputs })).json).not.toHaveProperty(
		'inputs_add_job',
	);
	expect(await clarifai.client.get(JOB)).toMatchObject({ http: 404, code: 11101 });
	expect(await clarifai.client.patch(JOB, {})).toMatchObject({ http: 404, code: 11101 });
});
