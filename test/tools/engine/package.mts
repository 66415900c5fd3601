import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageDirectoryLoader } from 'n8n-core';
import { n8nCore } from './n8n.mts';

export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

const loaded = new Map<string, Promise<PackageDirectoryLoader>>();

/** The nodes and credentials that the package's `n8n` block lists, loaded once per process. */
export async function loadPackage(directory: string): Promise<PackageDirectoryLoader> {
	let loading = loaded.get(directory);
	if (!loading) {
		loading = load(directory);
		loaded.set(directory, loading);
	}
	return await loading;
}

async function load(directory: string): Promise<PackageDirectoryLoader> {
	assertBuilt(directory);
	const loader = new n8nCore.PackageDirectoryLoader(directory);
	await loader.loadAll();
	return loader;
}

interface Manifest {
	n8n?: { nodes?: string[]; credentials?: string[] };
}

function assertBuilt(directory: string): void {
	const { n8n } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
	const listed = [...(n8n?.nodes ?? []), ...(n8n?.credentials ?? [])];

	const missing = listed.filter((file) => !existsSync(join(directory, file)));
	if (missing.length > 0) {
		throw new Error(
			`The package is not built (${missing.join(', ')} missing). Run \`npm run build\` first.`,
		);
	}

	const stale = listed.some((file) => file.startsWith('dist/')) ? staleSources(directory) : [];
	if (stale.length > 0) {
		throw new Error(
			`dist is older than the sources (${stale.join(', ')}). Run \`npm run build\` first.`,
		);
	}
}

function staleSources(directory: string): string[] {
	const inputs = [
		...filesUnder(join(directory, 'nodes'), /(?<!\.d)\.(ts|json|svg)$/),
		...filesUnder(join(directory, 'credentials'), /(?<!\.d)\.ts$/),
	];
	return inputs
		.map((source) => relative(directory, source))
		.filter((source) => isStale(source, directory));
}

function filesUnder(folder: string, pattern: RegExp): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && pattern.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name));
}

function isStale(source: string, directory: string): boolean {
	const built = join(directory, 'dist', source).replace(/\.ts$/, '.js');
	if (!existsSync(built)) return true;
	// The build copies icons with their time, rounded to milliseconds.
	return statSync(built).mtimeMs + 1 < statSync(join(directory, source)).mtimeMs;
}
