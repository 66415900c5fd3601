import fc from 'fast-check';
import type { FaultKind } from '../tools/emulator/emulator.mts';
import { chain } from '../tools/engine/engine.mts';
import { locate } from '../nodes/setup.mts';
import { setUpInProcess } from '../nodes/setUpInProcess.mts';
import { generatedRuns } from './promise/generatedRuns.mts';
import { createModel, itemsOf, onceEach, OPTIONS, startedVersions, train } from './plans.mts';

// A computer that has other things to do must not fail these runs.
jest.setTimeout(1_200_000);

/** The kinds that pass, as far as they cost no time. */
const kind = fc.constantFrom<FaultKind>(
	'http500',
	'http502html',
	'http503',
	'http504',
	'resetBefore',
	'resetAfter',
	'truncatedJson',
	'emptyBody',
);

const rule = fc.record({
	kind,
	rpc: fc.constantFrom(
		'PostModels',
		'GetModel',
		'ListModelTypes',
		'ListConcepts',
		'PostModelVersions',
		'ListModelVersions',
	),
	skip: fc.nat({ max: 6 }),
	times: fc.integer({ min: 1, max: 2 }),
});

/** At most two faults on one call, however they fall: a write is sent three times, a read eight. */
const passingFaults = fc.uniqueArray(rule, { maxLength: 5, selector: ({ rpc }) => rpc });

it('any plan of passing faults leaves one model and one training for each item', async () => {
	await fc.assert(
		fc.asyncProperty(
			passingFaults,
			fc.integer({ min: 1, max: 6 }),
			fc.boolean(),
			async (rules, count, retryOnFail) => {
				const platform = await setUpInProcess();
				const { emulator, engine } = platform;
				for (const each of rules) emulator.faults.add(each);
				const settings = { retryOnFail, waitBetweenTries: 1 };
				const trained = train(platform, {}, settings);
				const items = itemsOf(count);

				const run = await engine.run(chain(createModel(platform, {}, settings), trained), {
					items,
				});

				expect(run.error).toBeUndefined();
				expect(startedVersions(emulator)).toEqual(onceEach(items, run.outputs(trained.name)));
			},
		),
		generatedRuns(4),
	);
});

it('any plan of faults, also final ones, reports exactly what was started', async () => {
	const anyRule = fc.record({
		kind: fc.oneof(kind, fc.constantFrom<FaultKind>('okWithFailureStatus', 'failure10020')),
		rpc: fc.constantFrom('GetModel', 'PostModelVersions'),
		skip: fc.nat({ max: 4 }),
		times: fc.integer({ min: 1, max: 3 }),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(anyRule, { maxLength: 4 }), async (rules) => {
			const platform = await setUpInProcess();
			const { emulator, engine } = platform;
			emulator.addModels(5);
			for (const each of rules) emulator.faults.add(each);
			const node = train(
				platform,
				{ model: locate('id', '={{ $json.id }}') },
				{ onError: 'continueErrorOutput' },
			);

			const run = await engine.run(chain(node), {
				items: [1, 2, 3, 4, 5].map((index) => ({ json: { id: `model-${index}` } })),
			});

			const reported = run.outputs(node.name).map(({ json }) => json.modelVersionId);
			const started = Object.values(startedVersions(emulator)).flat();
			expect([...reported].sort()).toEqual([...started].sort());
			expect(reported.length + run.outputs(node.name, 1).length).toBe(5);
		}),
		generatedRuns(4),
	);
});

describe('a workflow graph', () => {
	interface Node {
		id: string;
		model: { id: string };
		node_inputs?: Array<{ node_id: string }>;
	}

	const edges = fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 })), { maxLength: 12 });

	const graph = fc
		.tuple(fc.integer({ min: 1, max: 8 }), edges, fc.infiniteStream(fc.nat()))
		.map(([size, links, order]): Node[] =>
			Array.from({ length: size }, (_none, index) => {
				const inputs = links.filter(([from, to]) => to === index && from < size && from !== to);
				const ids = [...new Set(inputs.map(([from]) => `n${from}`))];
				return {
					key: order.next().value ?? 0,
					id: `n${index}`,
					model: { id: 'm' },
					...(ids.length > 0 && { node_inputs: ids.map((node_id) => ({ node_id })) }),
				};
			})
				.sort((a, b) => a.key - b.key)
				.map(({ key: _key, ...node }) => node),
		);

	const inputsOf = (node: Node) => (node.node_inputs ?? []).map(({ node_id }) => node_id);

	/** Kahn's algorithm: whether every node can be placed after its inputs. */
	function hasOrder(nodes: Node[]): boolean {
		const placed = new Set<string>();
		for (let grown = true; grown; ) {
			grown = false;
			for (const node of nodes) {
				if (placed.has(node.id) || !inputsOf(node).every((id) => placed.has(id))) continue;
				placed.add(node.id);
				grown = true;
			}
		}
		return placed.size === nodes.length;
	}

	it('is sent in an order that Clarifai accepts, or refused before anything is sent', async () => {
		const { emulator, run } = await setUpInProcess();
		emulator.addTrainedVersion('m');
		let made = 0;

		await fc.assert(
			fc.asyncProperty(graph, async (nodes) => {
				emulator.requests.length = 0;
				const workflowId = `w${++made}`;

				const { json, error } = await run('clarifaiCreateWorkflow', {
					workflowId,
					specifyGraph: 'json',
					graphJson: JSON.stringify(nodes),
					options: OPTIONS,
				});

				if (!hasOrder(nodes)) {
					expect(error?.message).toContain("wait for each other's output");
					expect(emulator.requests).toEqual([]);
					return;
				}
				expect(error).toBeUndefined();
				expect([...(json[0].nodeIds as string[])].sort()).toEqual(nodes.map(({ id }) => id).sort());
				const sent = emulator.requests.find(({ rpc }) => rpc === 'PostWorkflows');
				const sentNodes = (sent?.body as { workflows: Array<{ nodes: Node[] }> }).workflows[0]
					.nodes;
				sentNodes.forEach((node, index) => {
					const before = sentNodes.slice(0, index).map(({ id }) => id);
					expect(before).toEqual(expect.arrayContaining(inputsOf(node)));
				});
			}),
			{ numRuns: 80 },
		);
	});
});
