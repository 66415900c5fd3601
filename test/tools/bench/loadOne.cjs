// Prints what it takes to load one package into n8n-core, which is there already, as in n8n.
const { join } = require('node:path');
require('../engine/environment.cjs');
const { PackageDirectoryLoader } = require('n8n-core');
require('n8n-workflow');

void (async () => {
	// n8n has loaded its own nodes by then, and with them what loading needs.
	const other = new PackageDirectoryLoader(join(__dirname, '../engine/fixture-package'));
	await other.loadAll();
	const before = await settledHeap();
	const began = performance.now();
	const loader = new PackageDirectoryLoader(process.argv[2]);
	await loader.loadAll();
	const milliseconds = performance.now() - began;
	const heapBytes = (await settledHeap()) - before;
	console.log(
		JSON.stringify({
			nodes: Object.keys(loader.nodeTypes).length,
			milliseconds,
			heapBytes,
		}),
	);
})();

/** One collection leaves what is freed only after it, such as compiled code that was used once. */
async function settledHeap() {
	for (let round = 0; round < 5; round++) {
		await new Promise((resolve) => setTimeout(resolve, 20));
		globalThis.gc();
	}
	return process.memoryUsage().heapUsed;
}
