import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot, installFolder } from './cache.mts';
import { runCommand } from './child.mts';
import { withLock } from './lock.mts';
import { exists, nodeFor, type NodeBinary } from './nodeBinary.mts';
import { npm } from './npm.mts';
import type { Progress } from './progress.mts';

export interface InstalledN8n {
	version: string;
	node: string;
	/** n8n's own start script. */
	bin: string;
}

const NEEDED_BYTES = 3.5e9;

/** n8n from the cache; the first use of a version installs it there. */
export async function installedN8n(
	version: string,
	options: { progress: Progress; signal?: AbortSignal },
): Promise<InstalledN8n> {
	const folder = installFolder(version);
	if (!(await exists(join(folder, 'package.json')))) await install(version, folder, options);
	const manifest = join(folder, 'node_modules', 'n8n', 'package.json');
	const { engines } = JSON.parse(await readFile(manifest, 'utf8')) as { engines: { node: string } };
	const node = await nodeFor(engines.node, options);
	return { version, node: node.path, bin: join(folder, 'node_modules', 'n8n', 'bin', 'n8n') };
}

async function install(
	version: string,
	folder: string,
	options: { progress: Progress; signal?: AbortSignal },
) {
	const { progress, signal } = options;
	await mkdir(cacheRoot(), { recursive: true });
	await withLock(
		`${folder}.lock`,
		async () => {
			if (await exists(join(folder, 'package.json'))) return;
			progress.say(
				`Installing n8n ${version} into ${folder}: about 6 minutes and 2.9 GB, once. Ctrl-C stops it safely.`,
			);
			await checkSpace();
			const node = await nodeFor(await requiredNode(version, signal), options);
			// Only a finished install gets the final name, so an interrupted one is never used.
			const partial = `${folder}.partial`;
			await rm(partial, { recursive: true, force: true });
			await mkdir(partial, { recursive: true });
			await writeFile(join(partial, 'package.json'), '{ "private": true }\n');
			// Without scripts: some optional packages would compile large libraries that a demo does not need.
			await progress.step(`Downloading n8n ${version}`, async () => {
				const args = ['install', `n8n@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'];
				await npm(args, { cwd: partial, node: node.path, signal });
			});
			await progress.step('Building its database driver (sqlite3)', async () => {
				await buildSqlite(partial, node, signal);
			});
			await rename(partial, folder);
		},
		{
			signal,
			onWait: (pid) => progress.say(`Waiting: process ${pid} is installing n8n ${version} already`),
		},
	);
}

async function requiredNode(version: string, signal?: AbortSignal): Promise<string> {
	const found = await npm(
		['view', `n8n@${version}`, 'engines.node', '--json', '--loglevel=error'],
		{
			cwd: cacheRoot(),
			node: process.execPath,
			signal,
		},
	);
	const range = /"(.+)"/.exec(found)?.[1];
	if (!range) throw new Error(`npm knows no n8n ${version}; choose another with --n8n-version`);
	return range;
}

async function buildSqlite(folder: string, node: NodeBinary, signal?: AbortSignal) {
	try {
		await npm(['rebuild', 'sqlite3', '--ignore-scripts=false'], {
			cwd: folder,
			node: node.path,
			// Without it, a nodedir in the user's npm settings would give the headers of another Node.
			env: node.headers ? { npm_config_nodedir: node.headers } : {},
			signal,
		});
		const load = `require(require.resolve('sqlite3', { paths: [${JSON.stringify(folder)}] }))`;
		const env = { ...process.env, NODE_OPTIONS: '' };
		await runCommand(node.path, ['-e', load], {
			what: 'Loading sqlite3',
			cwd: folder,
			env,
			signal,
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new Error(
			`sqlite3 could not be built. Where no ready-made binary can be downloaded, it needs python3, make and a C++ compiler (Debian: apt-get install python3 make g++; macOS: xcode-select --install).\n${(error as Error).message}`,
		);
	}
}

async function checkSpace() {
	const { bavail, bsize } = await statfs(cacheRoot());
	if (bavail * bsize < NEEDED_BYTES) {
		throw new Error(
			`${cacheRoot()} has ${((bavail * bsize) / 1e9).toFixed(1)} GB left and n8n needs ${NEEDED_BYTES / 1e9}; make room, or set N8N_NODES_CLARIFAI_CACHE to a folder on another disk`,
		);
	}
}
