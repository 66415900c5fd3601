import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './child.mts';
import { exists } from './nodeBinary.mts';
import { npm } from './npm.mts';
import { readManifest, repositoryRoot } from './repository.mts';

export async function buildPackage(signal?: AbortSignal) {
	await npm(['run', 'build'], { cwd: repositoryRoot, node: process.execPath, signal });
}

/** Packs this package and unpacks it where n8n keeps installed community packages, so it loads as it does in production. */
export async function installPackage(home: string, signal?: AbortSignal) {
	const { name, n8n } = await readManifest();
	const scratch = await mkdtemp(join(tmpdir(), `${name}-`));
	try {
		await npm(['pack', '--ignore-scripts', '--pack-destination', scratch], {
			cwd: repositoryRoot,
			node: process.execPath,
			signal,
		});
		const tarball = (await readdir(scratch)).find((file) => file.endsWith('.tgz'));
		if (!tarball) throw new Error('npm pack left no .tgz file');

		const installed = join(home, '.n8n', 'nodes', 'node_modules', name);
		const unpacked = `${installed}.unpacked`;
		await rm(unpacked, { recursive: true, force: true });
		await mkdir(unpacked, { recursive: true });
		await runCommand(
			'tar',
			['-xzf', join(scratch, tarball), '-C', unpacked, '--strip-components=1'],
			{
				what: 'Unpacking the package with tar',
				cwd: scratch,
				env: process.env,
				signal,
			},
		);
		for (const file of [...n8n.nodes, ...n8n.credentials]) {
			if (!(await exists(join(unpacked, file)))) {
				throw new Error(`The packed package lacks ${file}, which its package.json lists`);
			}
		}
		await rm(installed, { recursive: true, force: true });
		await rename(unpacked, installed);
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}
