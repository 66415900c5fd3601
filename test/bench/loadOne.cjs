// Prints what it takes to load one package into n8n-core, which is there already, as in n8n.
require('../engine/environment.cjs');
const { PackageDirectoryLoader } = require('n8n-core');
require('n8n-workflow');

void (async () => {
	globalThis.gc();
	const before = process.memoryUsage().heapUsed;
	const began = performance.now();
	const loader = new PackageDirectoryLoader(process.argv[2]);
	await loader.loadAll();
	const milliseconds = performance.now() - began;
	globalThis.gc();
	console.log(
		JSON.stringify({
			nodes: Object.keys(loader.nodeTypes).length,
			milliseconds,
			heapBytes: process.memoryUsage().heapUsed - before,
		}),
	);
})();
