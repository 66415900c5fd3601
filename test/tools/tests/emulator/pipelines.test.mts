import type { Message } from '../../emulator/message.mts';
import { NODEPOOLS, overriding, type Reply } from '../../emulator/testClient.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ trainingSeconds: 1000 });

const SECOND = 1000;

describe('pipeline templates', () => {
	/** The Argo workflow that Clarifai made of a run. */
	const specOf = ({ orchestration_spec }: Message): Message =>
		JSON.parse(orchestration_spec.argo_orchestration_spec.spec_json as string) as Message;

	const run = (values: Record<string, string> = {}, more: Message = {}) =>
		clarifai.client.runTemplate(values, more);
	const runPath = ({ pipeline, pipeline_version_run: one }: Message) =>
		`/pipelines/${pipeline.id}/versions/${pipeline.pipeline_version.id}/runs/${one.id}`;
	const codeOf = async (path: string) =>
		(await clarifai.client.get(path)).json.pipeline_version_run.orchestration_status.status
			.code as number;

	test('are listed, also by type', async () => {
		const names = async (query: string) =>
			(await clarifai.client.get(`/v2/pipeline_templates${query}`)).json.pipeline_templates
				.length as number;
		expect(await names('')).toBe(3);
		expect(await names('?pipeline_template_type=TRAINING')).toBe(3);
		expect(await names('?pipeline_template_type=1')).toBe(3);
	});

	test('run to a trained version of the model they name', async () => {
		const { json } = await run({}, { pipeline_id: 'my-pipeline' });
		expect(json.pipeline).toMatchObject({ id: 'my-pipeline' });
		expect(json.pipeline_version_run.orchestration_status.status.code).toBe(64000);
		const path = runPath(json);
		clarifai.emulator.clock.advance(500 * SECOND);
		expect(await codeOf(path)).toBe(64001);
		expect(clarifai.emulator.app().models.has('piped')).toBe(false);
		clarifai.emulator.clock.advance(500 * SECOND);
		expect(await codeOf(path)).toBe(64002);
		const { model } = (await clarifai.client.get('/models/piped')).json;
		expect(model).toMatchObject({
			model_type_id: 'visual-classifier',
			model_version: { status: { code: 21100 } },
		});
		expect(clarifai.emulator.app().models.get('piped')!.versions.size).toBe(1);
		const logs = await clarifai.client.get(`${path}/pipeline.version.run/logs`);
		expect(logs.json.log_entries[1].message).toBe(
			'Argo workflow at phase: Succeeded, progress: 2/2, message: ',
		);
	});

	test('are listed whole: there are no pages', async () => {
		for (const query of ['page=2', 'per_page=1']) {
			const reply = await clarifai.client.get(`/v2/pipeline_templates?${query}`);
			expect(reply).toMatchObject({ http: 400, code: 11102 });
		}
	});

	test.each([
		['an empty dataset version', { dataset_version_id: '' }, 'dataset_version_id is empty'],
		['a version that is not there', { dataset_version_id: 'none' }, "version 'none' of dataset"],
	])('start with %s, and fail in their data step', async (_what, values, details) => {
		const { json } = await run(values);
		expect(json.status.code).toBe(10000);
		clarifai.emulator.clock.advance(1000 * SECOND);
		const looked = (await clarifai.client.get(runPath(json))).json.pipeline_version_run;
		expect(looked.orchestration_status.status).toMatchObject({ code: 64003 });
		expect(looked.orchestration_status.status.details).toContain(details);
		expect(clarifai.emulator.app().models.size).toBe(0);
	});

	test.each<[string, Message[]]>([
		['no nodepool', []],
		['a nodepool without its compute cluster', [{ id: 'np' }]],
		['a compute cluster without a nodepool', [{ compute_cluster: { id: 'cc' } }]],
	])('are refused for %s, unless the platform can do without', async (_what, nodepools) => {
		expect(await run({}, { nodepools })).toMatchObject({ http: 400, code: 25701 });
		expect(clarifai.emulator.book.of('run')).toEqual([]);
		await clarifai.restart({ nodepools: 'optional' });
		expect((await run({}, { nodepools })).code).toBe(10000);
	});

	test('show their values in the specification too', async () => {
		const { json } = await run({ num_epochs: '7' });
		const looked = (await clarifai.client.get(runPath(json))).json.pipeline_version_run;
		const { parameters } = specOf(looked).spec.arguments;
		expect(parameters).toContainEqual({ name: 'num_epochs', value: '7' });
		expect(parameters).toContainEqual({ name: 'batch_size', value: '64' });
	});

	test('run again with the values of their version, or others, under an ID of the client', async () => {
		const { json } = await run({ num_epochs: '7' });
		const runs = runPath(json).replace(/\/[^/]+$/, '');
		const again = (fields: Message) =>
			clarifai.client.post(runs, { pipeline_version_runs: [{ nodepools: NODEPOOLS, ...fields }] });
		const valueOf = ({ json: answer }: Reply, name: string) => {
			const { parameters } = specOf(answer.pipeline_version_runs[0]).spec.arguments;
			return (parameters as Message[]).find((one) => one.name === name)!.value as string;
		};

		const same = await again({ id: 'a'.repeat(32) });
		const other = await again({ input_args_override: overriding({ num_epochs: '8' }) });
		const wrong = await again({ input_args_override: overriding({ colour: 'red' }) });
		const twice = await again({ id: 'a'.repeat(32) });

		expect(same.json.pipeline_version_runs[0]).toMatchObject({ id: 'a'.repeat(32) });
		expect(same.json.pipeline_version_runs[0]).not.toHaveProperty('input_args_override');
		expect([valueOf(same, 'num_epochs'), valueOf(same, 'model_id')]).toEqual(['7', 'piped']);
		expect([valueOf(other, 'num_epochs'), valueOf(other, 'model_id')]).toEqual(['8', 'piped']);
		expect([wrong.code, twice.code]).toEqual([26301, 40010]);
		expect(clarifai.emulator.book.of('run')).toHaveLength(3);
	});

	test('that the command line has started have their values in the specification alone', async () => {
		const { emulator, client } = clarifai;
		const values = { model_id: 'of-cli', dataset_id: 'd', num_epochs: '3' };
		const { message } = emulator.addCliRun(values);
		const [pipeline] = (await client.get('/pipelines')).json.pipelines as Message[];
		const path = `/pipelines/${pipeline!.id}/versions/${pipeline!.pipeline_version.id}/runs`;

		const [listed] = (await client.get(path)).json.pipeline_version_runs as Message[];

		expect(listed).toMatchObject({ id: message.id });
		expect(listed).not.toHaveProperty('input_args_override');
		expect(specOf(listed!).spec.arguments.parameters).toEqual(
			Object.entries(values).map(([name, value]) => ({ name, value })),
		);
		emulator.clock.advance(1000 * SECOND);
		expect([...emulator.app().models.keys()]).toEqual(['of-cli']);
	});

	test('stand still while they are paused, and take as long as they would have', async () => {
		const { json } = await run();
		const path = runPath(json);
		const change = async (code: string) =>
			await clarifai.client.patch(path.replace(/\/[^/]+$/, ''), {
				action: 'overwrite',
				pipeline_version_runs: [
					{ id: json.pipeline_version_run.id, orchestration_status: { status: { code } } },
				],
			});
		const codeAfter = async (seconds: number) => {
			clarifai.emulator.clock.advance(seconds * SECOND);
			return await codeOf(path);
		};

		expect(await codeAfter(500)).toBe(64001);
		expect((await change('JOB_PAUSED')).code).toBe(10000);
		expect(await codeAfter(5000)).toBe(64008);
		// Neither twice, nor what does not stand still.
		expect((await change('JOB_PAUSED')).code).toBe(11102);
		expect((await change('JOB_RUNNING')).code).toBe(10000);
		expect((await change('JOB_RUNNING')).code).toBe(11102);
		expect(await codeAfter(400)).toBe(64001);
		expect(await codeAfter(200)).toBe(64002);
		expect((await change('JOB_PAUSED')).code).toBe(11102);
		// Cancelling what has ended is no mistake, and changes nothing.
		expect((await change('JOB_CANCELLED')).code).toBe(10000);
		expect(await codeOf(path)).toBe(64002);
	});

	test('that do not exist are no resource', async () => {
		const { json } = await run();
		const missing = runPath(json).replace(/[^/]+$/, 'f'.repeat(32));
		expect(await clarifai.client.get(missing)).toMatchObject({ http: 404, code: 11101 });
	});

	test('may end in the way of older ones, with SUCCESS', async () => {
		clarifai.emulator.planTraining('piped', { outcome: 10000 });
		const path = runPath((await run()).json);
		clarifai.emulator.clock.advance(1000 * SECOND);
		expect(await codeOf(path)).toBe(10000);
		expect(clarifai.emulator.app().models.get('piped')!.versions.size).toBe(1);
	});

	test('fail as planned, or for want of a dataset', async () => {
		clarifai.emulator.planTraining('piped', { outcome: 64006, details: 'node lost' });
		const planned = runPath((await run()).json);
		const dataless = runPath((await run({ model_id: 'x', dataset_id: 'none' })).json);
		clarifai.emulator.clock.advance(1000 * SECOND);
		expect(await codeOf(planned)).toBe(64006);
		expect(await codeOf(dataless)).toBe(64003);
		expect(clarifai.emulator.app().models.size).toBe(0);
	});

	test('are cancelled by overwriting the status', async () => {
		const { json } = await run();
		const path = runPath(json);
		const runs = path.slice(0, path.lastIndexOf('/'));
		const patched = await clarifai.client.patch(runs, {
			action: 'overwrite',
			pipeline_version_runs: [
				{
					id: json.pipeline_version_run.id,
					orchestration_status: { status: { code: 'JOB_CANCELLED' } },
				},
			],
		});
		expect(patched.json.status).toMatchObject({ code: 10000 });
		clarifai.emulator.clock.advance(1000 * SECOND);
		expect(await codeOf(path)).toBe(64004);
		expect(
			(await clarifai.client.get(`${runs}?status_codes=64004`)).json.pipeline_version_runs,
		).toHaveLength(1);
		expect(
			(await clarifai.client.get(`${runs}?status_codes=64002`)).json.pipeline_version_runs,
		).toEqual([]);
	});

	test.each<[string, Record<string, string>, string]>([
		['an unknown parameter', { colour: 'red' }, "'colour'"],
		['text for a number', { num_epochs: 'ten' }, "'num_epochs' cannot be 'ten'"],
		['a number out of range', { num_epochs: '1001' }, "'num_epochs'"],
		['a value that is not allowed', { flip_direction: 'up' }, "'flip_direction'"],
		['text for a boolean', { concepts_mutually_exclusive: 'no' }, 'concepts_mutually'],
	])('are refused for %s', async (_name, parameters, details) => {
		const reply = await run(parameters);
		expect(reply.code).toBe(26301);
		expect(reply.details).toContain(details);
		expect(clarifai.emulator.app().pipelines.size).toBe(0);
	});
});
