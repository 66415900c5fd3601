import type { INodeParameters } from 'n8n-workflow';
import { bodiesOf, callsOf, DEMO, locate, setUp, type SetUp } from '../setup.mts';

const NODE = 'clarifaiUpdateDefaultWorkflow';

let clarifai: SetUp;

beforeEach(async () => {
	clarifai = await setUp();
	clarifai.emulator.addWorkflows(3);
});

const to = (workflowId: string, more: INodeParameters = {}): INodeParameters => ({
	workflow: locate('id', workflowId),
	...more,
});

const defaultOf = () => clarifai.emulator.app().message.default_workflow;

describe('a new default workflow', () => {
	it("is sent in the guide's form and the current one, after a look at the workflow", async () => {
		const { emulator, run } = clarifai;

		const { items } = await run(NODE, {}, { items: [{ workflowId: 'workflow-1' }] });

		expect(callsOf(emulator)).toEqual(['GET GetWorkflow', 'GET GetApp', 'PATCH PatchApps']);
		expect(emulator.requests.at(-1)?.path).toBe(`/v2/users/${DEMO.userId}/apps`);
		expect(bodiesOf(emulator, 'PatchApps')).toEqual([
			{
				action: 'overwrite',
				apps: [
					{
						id: DEMO.appId,
						default_workflow_id: 'workflow-1',
						default_workflow: {
							id: 'workflow-1',
							user_id: DEMO.userId,
							app_id: DEMO.appId,
						},
					},
				],
			},
		]);
		expect(items).toEqual([
			{
				json: {
					appId: DEMO.appId,
					userId: DEMO.userId,
					defaultWorkflowId: 'workflow-1',
					previousDefaultWorkflowId: DEMO.defaultWorkflowId,
					changed: true,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(emulator.app().reindexCount).toBe(0);
	});

	it('can be picked from the list', async () => {
		const { run } = clarifai;

		const { json } = await run(NODE, { workflow: locate('list', 'workflow-2') });

		expect(json).toMatchObject([{ defaultWorkflowId: 'workflow-2', changed: true }]);
	});

	it.each([['url'], ['id']] as const)(
		"can be a link to another app's workflow, as %s",
		async (mode) => {
			const { run, emulator } = clarifai;
			await run(NODE, to('workflow-1'));
			emulator.requests.length = 0;

			const { json } = await run(NODE, {
				workflow: locate(mode, '={{ "https://clarifai.com/clarifai/main/workflows/Universal" }}'),
			});

			expect(json).toEqual([
				{
					appId: DEMO.appId,
					userId: DEMO.userId,
					defaultWorkflowId: 'Universal',
					previousDefaultWorkflowId: 'workflow-1',
					changed: true,
				},
			]);
			expect(emulator.requests[0].path).toBe('/v2/users/clarifai/apps/main/workflows/Universal');
			expect(defaultOf()).toEqual({ id: 'Universal', user_id: 'clarifai', app_id: 'main' });
		},
	);

	it("takes the app's own workflow for another one than that of the same name elsewhere", async () => {
		const { run, emulator } = clarifai;
		emulator.app().saveWorkflow({ id: 'Universal', nodes: [] });

		const { json } = await run(NODE, to('Universal'));

		expect(json).toMatchObject([
			{ defaultWorkflowId: 'Universal', previousDefaultWorkflowId: 'Universal', changed: true },
		]);
		expect(defaultOf()).toEqual({ id: 'Universal', user_id: DEMO.userId, app_id: DEMO.appId });
	});

	it('has no previous one in an app without a default', async () => {
		const { run, emulator } = clarifai;
		emulator.addApp('bare').saveWorkflow({ id: 'w', nodes: [] });

		const { json } = await run(NODE, to('w', { options: { appId: 'bare' } }));

		expect(json).toEqual([
			{
				appId: 'bare',
				userId: DEMO.userId,
				defaultWorkflowId: 'w',
				changed: true,
			},
		]);
	});

	it('knows the previous one also from the deprecated field', async () => {
		const { run, emulator } = clarifai;
		Object.assign(emulator.app().message, {
			default_workflow_id: 'workflow-3',
			default_workflow: undefined,
		});

		const { json } = await run(NODE, to('workflow-1'));

		expect(json).toMatchObject([{ previousDefaultWorkflowId: 'workflow-3' }]);
	});

	it.each([
		['true', true],
		['"true" from an expression', '={{ "true" }}'],
	])('asks for a reindex when Reindex is %s', async (_what, reindex) => {
		const { run, emulator } = clarifai;

		await run(NODE, to('workflow-1', { reindex }));

		expect(bodiesOf(emulator, 'PatchApps')).toMatchObject([{ reindex: true }]);
		expect(emulator.app().reindexCount).toBe(1);
	});

	it("is Clarifai's own app object when Simplify is off", async () => {
		const { run } = clarifai;

		const { items } = await run(NODE, to('workflow-1', { simplify: false }));

		expect(items).toEqual([
			{
				json: expect.objectContaining({
					id: DEMO.appId,
					user_id: DEMO.userId,
					default_workflow_id: 'workflow-1',
				}),
				pairedItem: { item: 0 },
			},
		]);
		expect(items[0].json).not.toHaveProperty('changed');
	});
});

describe('a workflow that is the default already', () => {
	beforeEach(async () => {
		await clarifai.run(NODE, to('workflow-1'));
		clarifai.emulator.requests.length = 0;
	});

	it('is left alone', async () => {
		const { run, emulator } = clarifai;

		const { json } = await run(NODE, to('workflow-1'));

		expect(callsOf(emulator)).toEqual(['GET GetWorkflow', 'GET GetApp']);
		expect(json).toEqual([
			{
				appId: DEMO.appId,
				userId: DEMO.userId,
				defaultWorkflowId: 'workflow-1',
				previousDefaultWorkflowId: 'workflow-1',
				changed: false,
			},
		]);
	});

	it("is left alone also for the user 'me', whose name Clarifai shows", async () => {
		const { run, emulator } = clarifai;

		const { json } = await run(NODE, to('workflow-1', { options: { userId: 'me' } }));

		expect(callsOf(emulator)).toEqual(['GET GetWorkflow', 'GET GetApp']);
		expect(json).toMatchObject([{ defaultWorkflowId: 'workflow-1', changed: false }]);
	});

	it('is changed once also for the user "me", and found after a lost answer', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetAfter', rpc: 'PatchApps', times: 1 });

		const { json, error } = await run(NODE, to('workflow-2', { options: { userId: 'me' } }));

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ defaultWorkflowId: 'workflow-2', changed: true }]);
		expect(bodiesOf(emulator, 'PatchApps')).toHaveLength(1);
	});

	it('is sent again for a reindex', async () => {
		const { run, emulator } = clarifai;

		const { json } = await run(NODE, to('workflow-1', { reindex: true }));

		expect(bodiesOf(emulator, 'PatchApps')).toMatchObject([
			{ reindex: true, apps: [{ default_workflow_id: 'workflow-1' }] },
		]);
		expect(emulator.app().reindexCount).toBe(1);
		expect(json).toMatchObject([{ changed: false }]);
	});

	it.each(['={{ "True" }}', '={{ 1 }}', '={{ " true " }}'])(
		'is sent again for a reindex that an expression gives: %s',
		async (reindex) => {
			const { run, emulator } = clarifai;

			await run(NODE, to('workflow-1', { reindex }));

			expect(emulator.app().reindexCount).toBe(1);
		},
	);
});

describe('an answer that is lost', () => {
	const changes = () => bodiesOf(clarifai.emulator, 'PatchApps').length;

	it.each([false, true])(
		'to a change is looked for, not sent again (reindex %p)',
		async (reindex) => {
			const { run, emulator } = clarifai;
			emulator.faults.add({ kind: 'resetAfter', rpc: 'PatchApps', times: 1 });

			const { json } = await run(NODE, to('workflow-1', { reindex }));

			expect(json).toMatchObject([
				{
					defaultWorkflowId: 'workflow-1',
					previousDefaultWorkflowId: DEMO.defaultWorkflowId,
					changed: true,
				},
			]);
			expect(changes()).toBe(1);
			expect(emulator.app().reindexCount).toBe(reindex ? 1 : 0);
		},
	);

	it('to a change that was not carried out is followed by another', async () => {
		const { run, emulator } = clarifai;
		emulator.faults.add({ kind: 'resetBefore', rpc: 'PatchApps', times: 1 });

		const { json } = await run(NODE, to('workflow-1'));

		expect(json).toMatchObject([{ defaultWorkflowId: 'workflow-1', changed: true }]);
		expect(changes()).toBe(2);
		expect(defaultOf()?.id).toBe('workflow-1');
	});

	it.each(['resetAfter', 'resetBefore', 'http504'] as const)(
		'to the reindexing of the present default (%s) is an error: nobody can tell whether it runs',
		async (kind) => {
			const { run, emulator } = clarifai;
			await run(NODE, to('workflow-1'));
			emulator.requests.length = 0;
			emulator.faults.add({ kind, rpc: 'PatchApps' });

			const { error } = await run(NODE, to('workflow-1', { reindex: true }), {
				settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			});

			expect(error).toMatchObject({
				message: expect.stringMatching(
					/^Making workflow "workflow-1" the default and reindexing the app's inputs may have been carried out: /,
				),
				description: expect.stringMatching(
					/it was not sent again\. Look at https:\/\/clarifai\.com\/demo-user\/demo-app before you run the workflow again/,
				),
			});
			expect(changes()).toBe(1);
			expect(emulator.app().reindexCount).toBe(kind === 'resetAfter' ? 1 : 0);
		},
	);
});

describe('several items', () => {
	it('of one app are carried out in their order', async () => {
		const { run, emulator } = clarifai;
		const order = ['workflow-1', 'workflow-2', 'workflow-3', 'workflow-1', 'workflow-2'];

		const { json } = await run(
			NODE,
			{ options: { maxRequestsPerSecond: 0 } },
			{
				items: order.map((workflowId) => ({ workflowId })),
			},
		);

		expect(json.map(({ defaultWorkflowId }) => defaultWorkflowId)).toEqual(order);
		expect(json.map(({ previousDefaultWorkflowId }) => previousDefaultWorkflowId)).toEqual([
			DEMO.defaultWorkflowId,
			...order.slice(0, -1),
		]);
		expect(defaultOf()?.id).toBe('workflow-2');
		expect(
			bodiesOf(emulator, 'PatchApps').map(
				(body) =>
					(body as { apps: Array<{ default_workflow_id: string }> }).apps[0].default_workflow_id,
			),
		).toEqual(order);
	});

	it('go on after one whose workflow is missing', async () => {
		const { run } = clarifai;

		const { items, outputs } = await run(
			NODE,
			{ options: { maxRequestsPerSecond: 0 } },
			{
				items: [{ workflowId: 'workflow-1' }, { workflowId: 'none' }, { workflowId: 'workflow-3' }],
				settings: { onError: 'continueErrorOutput' },
			},
		);

		expect(items.map(({ json }) => json.defaultWorkflowId)).toEqual(['workflow-1', 'workflow-3']);
		expect(outputs(1)).toMatchObject([{ pairedItem: { item: 1 } }]);
	});
});

describe('refused', () => {
	it('a missing workflow, before the app is changed', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, to('nowhere'));

		expect(error).toMatchObject({
			message: 'Workflow "nowhere" does not exist',
			description: expect.stringMatching(
				/Workflow 'nowhere' does not exist\. The workflow is missing\. .*can be picked from the list\..*code 22102/,
			),
			httpCode: '404',
		});
		expect(callsOf(emulator)).toEqual(['GET GetWorkflow']);
	});

	it('an app key, saying that this needs a personal access token', async () => {
		const { run } = await clarifai.withCredential({ accessToken: DEMO.appKey });

		const { error } = await run(NODE, to('workflow-1'));

		expect(error).toMatchObject({
			message: 'API key has insufficient scopes/permissions',
			description: expect.stringMatching(
				/This step needs a Personal Access Token; an app API key cannot do it\..*code 11007/,
			),
			httpCode: '403',
		});
		expect(defaultOf()?.id).toBe(DEMO.defaultWorkflowId);
	});
});

describe('bad input', () => {
	it('an unresolved workflow says that it can be picked from the list', async () => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, {}, { items: [{ workflow: 'x', other: 1 }] });

		expect(error).toMatchObject({
			message: "'Workflow' is empty",
			description: expect.stringMatching(
				/pick one from the list.*Item 0 carries: workflow, other\./,
			),
		});
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		[{ workflow: locate('id', '={{ "a/b" }}') }, /'Workflow' is not a valid ID/],
		[{ workflow: locate('id', '={{ ".." }}') }, /'Workflow' is not a valid ID/],
		[{ workflow: locate('id', '={{ "a b" }}') }, /'Workflow' is not a valid ID/],
		[{ workflow: locate('id', '={{ [] }}') }, /'Workflow' must be a text, not a list/],
		[
			{ workflow: locate('url', '={{ "https://clarifai.com/clarifai/main/models/Face" }}') },
			/'Workflow' is not a link to one of Clarifai's workflows/,
		],
		[
			{ workflow: locate('id', '={{ "https://clarifai.com/clarifai/main/models/Face" }}') },
			/'Workflow' is not a link to one of Clarifai's workflows/,
		],
		[{ workflow: locate('url', '={{ "workflow-1" }}') }, /'Workflow' is not a link/],
		[{ reindex: '={{ "perhaps" }}' }, /'Reindex' must be true or false, not "perhaps"/],
		[{ reindex: '={{ 2 }}' }, /'Reindex' must be true or false, not "2"/],
		[{ reindex: '={{ $json.nope }}' }, /^'Reindex' is an expression that gives nothing$/],
		[{ reindex: '={{ null }}' }, /^'Reindex' is an expression that gives nothing$/],
		[{ reindex: '={{ "" }}' }, /^'Reindex' is an expression that gives nothing$/],
		[{ simplify: '={{ $json.nope }}' }, /^'Simplify' is an expression that gives nothing$/],
		[{ options: { appId: '={{ $json.nope }}' } }, /^'App ID' is an expression that gives nothing/],
		[{ workflow: locate('id', '={{ null }}') }, /^'Workflow' is empty$/],
		[{ simplify: '={{ [] }}' }, /'Simplify' must be true or false, not a list/],
		[{ options: { userId: 'a/b' } }, /'User ID' is not a valid ID/],
		[{ options: { appId: '={{ {} }}' } }, /'App ID' must be a text/],
	])('%j sends nothing', async (parameters, message) => {
		const { run, emulator } = clarifai;

		const { error } = await run(NODE, to('workflow-1', parameters as INodeParameters));

		expect(error?.message).toMatch(message);
		expect(error?.context.itemIndex).toBe(0);
		expect(emulator.requests).toEqual([]);
	});

	it.each([
		['models', 'https://clarifai.com/clarifai/main/models/Face'],
		['nothing of Clarifai', 'https://example.com/u/a/workflows/w'],
	])('a typed link to %s is refused by n8n', async (_what, link) => {
		await expect(clarifai.run(NODE, { workflow: locate('url', link) })).rejects.toThrow(
			"Not a link to one of Clarifai's workflows",
		);
	});

	it.each([
		['empty', ''],
		['an empty expression', '='],
	])('is not an optional parameter that is %s', async (_what, value) => {
		const { run, emulator } = clarifai;

		const { json } = await run(
			NODE,
			to('workflow-1', {
				reindex: value,
				simplify: value,
				options: { userId: value, appId: value, maxRequestsPerSecond: value },
			}),
		);

		expect(json).toMatchObject([{ appId: DEMO.appId, changed: true }]);
		expect(emulator.app().reindexCount).toBe(0);
	});
});
