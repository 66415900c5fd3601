import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '../engine/package.mts';
import { shown, spreadOf } from './statistics.mts';
import { table } from './table.mts';

/**
 * Of the community packages that npm has, the two lightest with a working build that were found
 * (n8n-nodes-ntfy, n8n-nodes-deepseek: a node or two around one API), and two of the best known:
 * Firecrawl's, which n8n has verified, and the Evolution API's. n8n-nodes-mcp and n8n-nodes-puppeteer
 * are as well known, but bring LangChain or a browser along.
 */
const OTHERS = {
	'n8n-nodes-ntfy': '0.1.7',
	'n8n-nodes-deepseek': '1.0.6',
	'@mendable/n8n-nodes-firecrawl': '2.1.2',
	'n8n-nodes-evolution-api': '1.0.4',
};

export interface Loaded {
	nodes: number;
	milliseconds: number;
	heapBytes: number;
}

/** Loading every node and credential of a package into a fresh n8n-core. */
export async function loadingTable({ quick }: { quick: boolean }): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-clarifai-bench-'));
	try {
		writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
		const packages = [pack(repositoryRoot, folder), ...installed(folder)];
		const measured = packages.map((): Loaded[] => []);
		for (let run = 0; run < (quick ? 3 : 9); run++) {
			for (const [index, { directory }] of packages.entries())
				measured[index].push(load(directory));
		}
		const rows = packages.map(({ name, tarballBytes }, index) => {
			const own = measured[index];
			return [
				name,
				String(own[0].nodes),
				tarballBytes === undefined ? 'not available' : (tarballBytes / 1024).toFixed(0),
				shown(spreadOf(own.map(({ milliseconds }) => milliseconds)), 1),
				shown(spreadOf(own.map(({ heapBytes }) => heapBytes / 1024)), 0),
			];
		});
		return table(['Loading', 'nodes', 'tarball, KB', 'ms', 'heap, KB'], rows);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

interface Package {
	name: string;
	directory: string;
	tarballBytes?: number;
}

/** This package as users install it. */
function pack(source: string, folder: string): Package {
	const args = ['pack', source, '--json', '--ignore-scripts', '--pack-destination', folder];
	const [{ name, version, filename, size }] = JSON.parse(npm(args, folder)) as Array<{
		name: string;
		version: string;
		filename: string;
		size: number;
	}>;
	install(folder, join(folder, filename));
	return {
		name: `${name} ${version}`,
		directory: join(folder, 'node_modules', name),
		tarballBytes: size,
	};
}

function installed(folder: string): Package[] {
	return Object.entries(OTHERS).flatMap(([name, version]) => {
		try {
			const [{ filename, size }] = JSON.parse(
				npm(['pack', `${name}@${version}`, '--json', '--pack-destination', folder], folder),
			) as Array<{ filename: string; size: number }>;
			install(folder, join(folder, filename));
			return [
				{
					name: `${name} ${version}`,
					directory: join(folder, 'node_modules', name),
					tarballBytes: size,
				},
			];
		} catch {
			console.log(`${name} ${version} could not be installed, and is left out.`);
			return [];
		}
	});
}

/** As n8n does it: no scripts, and n8n's own n8n-workflow in place of the peer dependency. */
function install(folder: string, what: string) {
	const quietly = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
	npm(['install', what, ...quietly], folder);
	const own = createRequire(join(repositoryRoot, 'package.json')).resolve(
		'n8n-workflow/package.json',
	);
	const link = join(folder, 'node_modules', 'n8n-workflow');
	rmSync(link, { recursive: true, force: true });
	symlinkSync(dirname(own), link);
}

const npm = (args: string[], cwd: string) =>
	execFileSync('npm', [...args, '--loglevel=error'], {
		cwd,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});

function load(directory: string): Loaded {
	const script = fileURLToPath(new URL('loadOne.cjs', import.meta.url));
	const output = execFileSync(
		process.execPath,
		['--expose-gc', '--no-flush-bytecode', script, directory],
		{
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, NODE_OPTIONS: '' },
		},
	);
	return JSON.parse(output) as Loaded;
}
