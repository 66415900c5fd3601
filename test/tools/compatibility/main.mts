import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from '../n8n/ownPackage.mts';
import { printedProgress } from '../n8n/progress.mts';
import { repositoryRoot } from '../n8n/repository.mts';
import { check } from './check.mts';
import { install, uninstall } from './install.mts';
import { withRows, type Row } from './table.mts';

/** The oldest that loads the package, the last of n8n 1, one between, and the one it is built for. */
const VERSIONS = ['1.85.3', '1.123.81', '2.20.12', '2.41.1'];

const USAGE = `Usage: npm run test:compatibility -- [options]

Runs the chain of all five steps on real n8n servers of several versions, against the emulated
Clarifai, and writes what it saw into README.md. Each new version is a download of 2 to 6 minutes
and about 3 GB, which is removed afterwards. n8n 1.123 starts only when this script runs on
Node.js 22 or newer: its expression engine brings no binary for an older one.

  --versions <a,b,c>  which versions of n8n (${VERSIONS.join(',')})
  --keep              keep the downloaded versions, for the next time
  --help              show this text`;

const { values } = parseArgs({
	options: {
		versions: { type: 'string', default: VERSIONS.join(',') },
		keep: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

async function run() {
	const stopped = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort());
	const { signal } = stopped;
	const progress = printedProgress();
	const versions = values.versions.split(',').map((version) => version.trim());
	const wrong = versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version));
	if (wrong.length > 0) {
		throw new Error(`--versions takes full versions such as 2.41.1, not "${wrong.join(', ')}"`);
	}

	await progress.step('Building the package', async () => await buildPackage(signal));
	let failures = 0;
	for (const version of versions) {
		progress.say(`n8n ${version}`);
		try {
			const row = await rowOf(version, { progress, signal });
			progress.say(`  loads: ${row.loads}; listed: ${row.listed}; chain: ${row.chain}`);
			await store(row);
			if (![row.loads, row.listed, row.chain].every((cell) => cell.startsWith('yes'))) failures++;
		} catch (error) {
			signal.throwIfAborted();
			// What could not be installed says nothing about the package, so it gets no row.
			progress.say(`  not checked: ${(error as Error).message}`);
			failures++;
		}
	}
	if (failures > 0) process.exitCode = 1;
}

async function rowOf(version: string, options: Parameters<typeof install>[1]): Promise<Row> {
	const { node, otherXlsx, isNew } = await install(version, options);
	try {
		const findings = await check(version, options);
		const date = new Date().toISOString().slice(0, 10);
		return { n8n: version, node, otherXlsx, date, ...findings };
	} finally {
		if (isNew && !values.keep) await uninstall(version);
	}
}

async function store(row: Row) {
	const file = join(repositoryRoot, 'README.md');
	await writeFile(file, withRows(await readFile(file, 'utf8'), [row]));
}

if (values.help) {
	console.log(USAGE);
} else {
	try {
		await run();
	} catch (error) {
		console.error((error as Error).message);
		process.exitCode = 1;
	}
}
