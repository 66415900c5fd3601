import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from './cache.mts';
import { withLock } from './lock.mts';
import { nodeVersionFits } from './nodeVersion.mts';
import { npm } from './npm.mts';
import type { Progress } from './progress.mts';

export interface NodeBinary {
	path: string;
	/** The folder with include/node, which native modules are compiled against. */
	headers?: string;
}

const FETCHED = 24;

/** The host's Node where it is new enough for n8n; otherwise Node 24 from npm, kept in the cache. */
export async function nodeFor(
	range: string,
	options: { progress: Progress; signal?: AbortSignal },
): Promise<NodeBinary> {
	if (nodeVersionFits(process.version, range)) {
		const prefix = dirname(dirname(process.execPath));
		return { path: process.execPath, headers: await withHeaders(prefix) };
	}
	if (!nodeVersionFits(`${FETCHED}.99.0`, range)) {
		throw new Error(
			`This n8n needs Node ${range}; install such a Node (this one is ${process.version})`,
		);
	}
	const folder = join(cacheRoot(), `node-${FETCHED}`);
	return (await fetchedNode(folder)) ?? (await fetchNode(folder, options));
}

async function fetchNode(
	folder: string,
	options: { progress: Progress; signal?: AbortSignal },
): Promise<NodeBinary> {
	return await withLock(
		`${folder}.lock`,
		async () => {
			const already = await fetchedNode(folder);
			if (already) return already;
			return await options.progress.step(`Fetching Node ${FETCHED}`, async () => {
				const partial = `${folder}.partial`;
				await rm(partial, { recursive: true, force: true });
				await mkdir(partial, { recursive: true });
				await writeFile(join(partial, 'package.json'), '{ "private": true }\n');
				// The package's own install script fetches the binary of this platform.
				await npm(
					['install', `node@${FETCHED}`, '--ignore-scripts=false', '--no-audit', '--no-fund'],
					{
						cwd: partial,
						node: process.execPath,
						signal: options.signal,
					},
				);
				await rm(folder, { recursive: true, force: true });
				await rename(partial, folder);
				const node = await fetchedNode(folder);
				if (!node) {
					throw new Error(
						`npm install node@${FETCHED} left no Node binary in ${folder}; install Node ${FETCHED} yourself`,
					);
				}
				return node;
			});
		},
		{ signal: options.signal },
	);
}

async function fetchedNode(folder: string): Promise<NodeBinary | undefined> {
	const nodePackage = join(folder, 'node_modules', 'node');
	const path = join(nodePackage, 'bin', 'node');
	if (!(await exists(path))) return undefined;
	const platforms = await readdir(join(nodePackage, 'node_modules')).catch(() => []);
	for (const name of platforms) {
		const headers = await withHeaders(join(nodePackage, 'node_modules', name));
		if (headers) return { path, headers };
	}
	return { path };
}

async function withHeaders(prefix: string): Promise<string | undefined> {
	return (await exists(join(prefix, 'include', 'node', 'node.h'))) ? prefix : undefined;
}

export const exists = async (path: string) =>
	await access(path).then(
		() => true,
		() => false,
	);
