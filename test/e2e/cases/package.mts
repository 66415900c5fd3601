import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readManifest, repositoryRoot } from '../../tools/n8n/repository.mts';
import type { Stack } from '../stack.mts';

export function packageCases(stack: Stack) {
	test('n8n has loaded every node of the manifest, and no other', async () => {
		const { n8n } = await readManifest();
		const expected = n8n.nodes.map((file) => basename(file, '.node.js').toLowerCase());

		const loaded = (await stack.ownNodeTypes()).map(({ name }) => name.split('.')[1].toLowerCase());

		expect(loaded.sort()).toEqual(expected.sort());
	});

	test('every node has the version of the package', async () => {
		const { version } = await readManifest();
		for (const node of await stack.ownNodeTypes()) {
			expect(node).toMatchObject({ communityNodePackageVersion: version });
		}
	});

	test('every action is offered to AI agents as a tool', async () => {
		const all = new Set((await stack.n8n.nodeTypes()).map(({ name }) => name));
		const actions = (await stack.ownNodeTypes()).filter(({ group }) => !group.includes('trigger'));
		expect(actions.map(({ name }) => `${name}Tool`).filter((name) => !all.has(name))).toEqual([]);
	});

	test('every icon is served, for the light and the dark theme', async () => {
		for (const { name, iconUrl } of await stack.ownNodeTypes()) {
			const urls = typeof iconUrl === 'object' ? [iconUrl.light, iconUrl.dark] : [iconUrl];
			for (const url of urls) {
				const response = await stack.n8n.get(`/${url}`);
				expect([name, response.headers.get('content-type')]).toEqual([
					name,
					expect.stringMatching(/svg/),
				]);
				expect(await response.text()).toContain('<svg');
			}
		}
	});

	test('the search words and links of every codex file are served', async () => {
		const { n8n } = await readManifest();
		const nodes = await stack.ownNodeTypes();
		for (const file of n8n.nodes) {
			const source = file.replace(/^dist\//, '').replace(/\.js$/, '.json');
			const { categories, alias, resources } = JSON.parse(
				await readFile(join(repositoryRoot, source), 'utf8'),
			);
			const name = basename(file, '.node.js').toLowerCase();
			const node = nodes.find((candidate) => candidate.name.toLowerCase().endsWith(`.${name}`));
			expect([file, node?.codex]).toEqual([
				file,
				expect.objectContaining({ categories, alias, resources }),
			]);
		}
	});
}
