import type { Message } from '../../emulator/message.mts';
import { useEmulator } from '../../emulator/useEmulator.mts';

const clarifai = useEmulator();

const TEMPLATE_PATH = 'train_info.params.template';

async function templateField(): Promise<Message> {
	const { json } = await clarifai.client.get('/models/types/visual-classifier');
	const fields = json.model_type.model_type_fields as Message[];
	return fields.find(({ path }) => path === TEMPLATE_PATH)!;
}

const train = async () => {
	clarifai.emulator.addModel('m');
	return await clarifai.client.post('/models/m/versions', {
		model_versions: [{ train_info: { params: { template: 'MMClassification_ResNet_50_RSB_A1' } } }],
	});
};

test('of both kinds has templates of model types and of pipelines', async () => {
	expect((await templateField()).model_type_enum_options.length).toBeGreaterThan(5);
	expect((await train()).code).toBe(10000);
	expect((await clarifai.client.get('/v2/pipeline_templates')).code).toBe(10000);
	expect((await clarifai.client.runTemplate()).code).toBe(10000);
});

describe('a hosted platform', () => {
	beforeEach(async () => await clarifai.restart({ platform: 'hosted' }));

	test('names no training templates any more, alone or in the list', async () => {
		const { json } = await clarifai.client.get('/models/types?per_page=1000');
		const listed = (json.model_types as Message[]).flatMap(
			({ model_type_fields }) => (model_type_fields ?? []) as Message[],
		);
		const fields = listed.filter(({ path }) => path === TEMPLATE_PATH);
		expect(fields.length).toBeGreaterThan(3);
		for (const field of [...fields, await templateField()]) {
			expect(field).not.toHaveProperty('model_type_enum_options');
		}
	});

	test('refuses to train by them, and trains what has none', async () => {
		expect(await train()).toMatchObject({ http: 400, code: 21202 });
		expect(clarifai.emulator.book.of('training')).toEqual([]);
		clarifai.emulator.addModel('transfer', { model_type_id: 'embedding-classifier' });
		const reply = await clarifai.client.post('/models/transfer/versions', {
			model_versions: [{ output_info: { data: { concepts: [{ id: 'cat' }, { id: 'dog' }] } } }],
		});
		expect(reply.code).toBe(10000);
	});

	test('says to it whatever a test wants to know about', async () => {
		await clarifai.restart({
			platform: 'hosted',
			legacyTraining: { code: 10040, details: 'use pipelines' },
		});
		expect(await train()).toMatchObject({ http: 501, code: 10040, details: 'use pipelines' });
		await clarifai.restart({ platform: 'hosted', legacyTraining: 'trains' });
		expect((await train()).code).toBe(10000);
	});

	test('has pipeline templates', async () => {
		expect((await clarifai.client.runTemplate()).code).toBe(10000);
	});
});

test('a self-hosted platform has training templates, and does not know pipeline templates', async () => {
	await clarifai.restart({ platform: 'selfHosted' });
	expect((await templateField()).model_type_enum_options.length).toBeGreaterThan(5);
	expect((await train()).code).toBe(10000);
	const list = await clarifai.client.get('/v2/pipeline_templates');
	const start = await clarifai.client.runTemplate();
	for (const reply of [list, start]) {
		expect(reply).toMatchObject({ http: 404, code: 11101 });
		expect(reply.details).toContain('Check the url of your request');
	}
	expect(clarifai.emulator.book.of('run')).toEqual([]);
});
