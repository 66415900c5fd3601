import { parseArgs } from 'node:util';
import { loadHttpRequest } from './contenders.mts';
import { filesTable } from './files.mts';
import { limitedTable } from './limited.mts';
import { loadingTable } from './loading.mts';
import { machine } from './machine.mts';
import { requestsTable } from './requests.mts';
import { growthTable, unlimitedTable } from './unlimited.mts';

const USAGE = `Usage: npm run bench -- [options]

Measures the nodes beside n8n's HTTP Request node, in n8n's engine, against the emulator.

  --quick         a short run: fewer items and repetitions
  --only <name>   one of: limited, unlimited, growth, files, loading, requests
  --help          show this text`;

const TABLES = {
	limited: limitedTable,
	unlimited: unlimitedTable,
	growth: growthTable,
	files: filesTable,
	loading: loadingTable,
	requests: requestsTable,
};

async function main() {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			only: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const { quick, only } = values;
	if (only !== undefined && !(only in TABLES)) {
		throw new Error(`--only takes one of ${Object.keys(TABLES).join(', ')}, not "${only}"`);
	}
	// Now rather than after minutes of measuring.
	if (only === undefined) loadHttpRequest();
	console.log(`${machine()}\n`);
	for (const [name, make] of Object.entries(TABLES)) {
		if (only === undefined || only === name) console.log(`${await make({ quick })}\n`);
	}
}

try {
	await main();
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
