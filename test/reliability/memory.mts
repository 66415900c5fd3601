/**
 * What Create Model needs of memory for 10,000 items, beside what n8n itself needs for them:
 *
 *   npx gulp build && node --expose-gc --import tsx test/reliability/memory.mts
 *
 * The heap is read at the end of the run, with everything that the execution holds, and its peak
 * while the node runs. "Trivial" is a node that passes its items on.
 */
import '../tools/engine/environment.cjs';
import { chain, createEngine, type NodeJson } from '../tools/engine/engine.mts';
import { demoCredential, startEmulator } from '../tools/emulator/emulator.mts';

const COUNTS = [2_500, 5_000, 10_000];
const MB = 1024 * 1024;

const { gc } = globalThis as { gc?: () => void };
if (!gc)
	throw new Error('Start it with: node --expose-gc --import tsx test/reliability/memory.mts');

const emulator = await startEmulator();
const engine = await createEngine({
	credentials: {
		clarifaiApi: demoCredential(emulator.url),
	},
});

const heap = () => {
	gc();
	return process.memoryUsage().heapUsed / MB;
};

/** Megabytes that a run of the node takes: at its end, with its results, and at its peak. */
async function measure(node: NodeJson, count: number) {
	const before = heap();
	const items = Array.from({ length: count }, (_none, index) => ({
		json: { id: `model-${index}` },
	}));
	let peak = 0;
	const timer = setInterval(() => {
		peak = Math.max(peak, heap() - before);
	}, 500);
	const started = performance.now();
	const run = await engine.run(chain(node), { items });
	clearInterval(timer);
	const seconds = (performance.now() - started) / 1000;
	const withEmulator = heap();
	emulator.app().models.clear();
	emulator.requests.length = 0;
	const atEnd = heap() - before;
	const ofEmulator = withEmulator - before - atEnd;
	// Read after the heap, so that the results were still there.
	if (run.status !== 'success' || run.outputs(node.name).length !== count)
		throw new Error(`The run failed: ${run.error?.message}`);
	return { atEnd, peak: Math.max(peak - ofEmulator, atEnd), seconds };
}

const trivial: NodeJson = { name: 'Trivial', type: 'n8n-nodes-base.noOp' };
const create = engine.node('clarifaiCreateModel', {
	modelId: '={{ $json.id }}',
	options: { maxRequestsPerSecond: 0 },
});

await measure(trivial, 100);
await measure(create, 100);
for (const count of COUNTS) {
	const [base, own] = [await measure(trivial, count), await measure(create, count)];
	const perItem = ((own.atEnd - base.atEnd) * 1024) / count;
	const figures = [
		`trivial node ${base.atEnd.toFixed(1)} MB`,
		`Create Model ${own.atEnd.toFixed(1)} MB at its end, ${own.peak.toFixed(1)} MB at its peak`,
		`${perItem.toFixed(2)} KB more for each item`,
		`${own.seconds.toFixed(0)} s`,
	];
	console.log(`${count} items: ${figures.join('; ')}`);
}
await emulator.close();
