import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot, installFolder } from '../n8n/cache.mts';
import { runCommand } from '../n8n/child.mts';
import { installedN8n } from '../n8n/install.mts';
import { withLock } from '../n8n/lock.mts';
import { exists, nodeFor } from '../n8n/nodeBinary.mts';
import { npm } from '../n8n/npm.mts';
import type { Progress } from '../n8n/progress.mts';

export interface Installed {
	/** Such as 20.19.0. */
	node: string;
	otherXlsx: boolean;
	/** This call has installed it. */
	isNew: boolean;
}

interface Options {
	progress: Progress;
	signal?: AbortSignal;
}

/** The newest xlsx on npm; later ones are only on a server of their own. */
const NPM_XLSX = '0.18.5';

/**
 * Like the launcher's install, and also where n8n's one dependency from outside npm cannot be
 * fetched: then that one comes from npm.
 */
export async function install(version: string, options: Options): Promise<Installed> {
	const folder = installFolder(version);
	const manifest = join(folder, 'package.json');
	const isNew = !(await exists(manifest));
	await mkdir(cacheRoot(), { recursive: true });
	if (isNew && !(await canFetchXlsx(version, options))) {
		await installWithOtherXlsx(version, folder, options);
	}
	const { node } = await installedN8n(version, options);
	const { overrides } = JSON.parse(await readFile(manifest, 'utf8')) as {
		overrides?: Record<string, string>;
	};
	const { signal } = options;
	const nodeVersion = await runCommand(node, ['--version'], {
		what: 'node --version',
		cwd: folder,
		env: process.env,
		signal,
	});
	return {
		node: nodeVersion.trim().replace(/^v/, ''),
		otherXlsx: overrides?.xlsx !== undefined,
		isNew,
	};
}

export const uninstall = async (version: string) =>
	await rm(installFolder(version), { recursive: true, force: true });

async function canFetchXlsx(version: string, { signal }: Options): Promise<boolean> {
	const run = { cwd: cacheRoot(), node: process.execPath, signal };
	const base = await view(`n8n@${version}`, 'dependencies.n8n-nodes-base', run);
	const xlsx = await view(`n8n-nodes-base@${base}`, 'dependencies.xlsx', run);
	if (!xlsx.startsWith('https:')) return true;
	try {
		await npm(['pack', xlsx, '--dry-run', '--ignore-scripts', '--fetch-retries=0'], run);
		return true;
	} catch {
		signal?.throwIfAborted();
		return false;
	}
}

async function view(spec: string, field: string, run: Parameters<typeof npm>[1]): Promise<string> {
	const found = await npm(['view', spec, field, '--json', '--loglevel=error'], run);
	return /"(.+)"/.exec(found)?.[1] ?? '';
}

async function installWithOtherXlsx(
	version: string,
	folder: string,
	{ progress, signal }: Options,
) {
	await withLock(
		`${folder}.lock`,
		async () => {
			if (await exists(join(folder, 'package.json'))) return;
			const run = { cwd: cacheRoot(), node: process.execPath, signal };
			const range = await view(`n8n@${version}`, 'engines.node', run);
			const node = await nodeFor(range, { progress, signal });
			const partial = `${folder}.partial`;
			await rm(partial, { recursive: true, force: true });
			await mkdir(partial, { recursive: true });
			const content = { private: true, overrides: { xlsx: NPM_XLSX } };
			await writeFile(join(partial, 'package.json'), JSON.stringify(content));
			const inPartial = {
				cwd: partial,
				node: node.path,
				// A nodedir in the user's npm settings would give the headers of another Node.
				env: node.headers ? { npm_config_nodedir: node.headers } : {},
				signal,
			};
			await progress.step(`Downloading n8n ${version}, with xlsx ${NPM_XLSX}`, async () => {
				const args = ['install', `n8n@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'];
				await npm(args, inPartial);
			});
			await progress.step('Building its database driver (sqlite3)', async () => {
				await npm(['rebuild', 'sqlite3', '--ignore-scripts=false'], inPartial);
			});
			await rename(partial, folder);
		},
		{ signal },
	);
}
