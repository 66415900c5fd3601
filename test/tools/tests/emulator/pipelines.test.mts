import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator({ trainingSeconds: 1000 });

const SECOND = 1000;

describe('pipeline templates', () => {
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
