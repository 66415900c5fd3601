import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pages } from '../tools/documents/pages.mts';
import { chain, createEngine } from '../tools/engine/engine.mts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const filesIn = (folder: string) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
		join(folder, path),
	);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
	scripts: Record<string, string>;
	n8n: { nodes: string[] };
};
const nodeNames = manifest.n8n.nodes.map((path) => path.split('/')[2]);
const documents = ['README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'CHANGELOG.md']
	.concat(filesIn('docs').filter((path) => path.endsWith('.md')))
	.concat(filesIn('test').filter((path) => path.endsWith('README.md')));

/** GitHub's anchors of a document's headings. */
const anchorsOf = (text: string) =>
	[...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\w\- ]/g, '')
			.replaceAll(' ', '-'),
	);

describe.each(documents)('%s', (path) => {
	const text = read(path);

	it('names scripts that exist', () => {
		const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
		expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([]);
	});

	it('links to files and headings that exist', () => {
		const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link);
		const broken = links.filter((link) => {
			const [file, anchor] = link.split('#');
			const target = file === '' ? path : join(dirname(path), file);
			if (!existsSync(join(root, target))) return true;
			return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
		});
		expect(broken).toEqual([]);
	});
});

describe('the pages of the nodes', () => {
	it('have the parameters that the nodes have now', async () => {
		const stale = (await pages()).filter(({ text, renewed }) => text !== renewed);
		expect(stale.map(({ path }) => path)).toEqual([]);
	});

	it('have the names of the nodes, and the README leads to each', async () => {
		const [, ...ofNodes] = await pages();
		const readme = read('README.md');
		for (const { path, text, description } of ofNodes) {
			expect(text.split('\n')[0]).toBe(`# ${description.displayName}`);
			expect(readme).toContain(`[${description.displayName}](${path})`);
		}
	});

	it('are where the nodes link to', () => {
		const urls = filesIn('nodes')
			.filter((path) => path.endsWith('.node.json'))
			.flatMap((path) => read(path).match(/https:\/\/github[^"]+/g) ?? []);
		expect(urls).toHaveLength(2 * nodeNames.length);
		const broken = urls.filter((url) => {
			const [, path = 'README.md', anchor] = /clarifai(?:\/blob\/main\/([^#]+))?(?:#(.+))?$/.exec(
				url,
			)!;
			if (!existsSync(join(root, path))) return true;
			return anchor !== undefined && !anchorsOf(read(path)).includes(anchor);
		});
		expect(broken).toEqual([]);
	});

	it('have expressions that n8n can evaluate', async () => {
		const engine = await createEngine();
		const expressions = filesIn('docs/nodes').flatMap(
			(path) => read(path).match(/\{\{.+?\}\}+/g) ?? [],
		);
		expect(expressions.length).toBeGreaterThan(0);
		const { error } = await engine.run(
			chain({
				name: 'Set',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: {
					assignments: {
						assignments: expressions.map((value, index) => ({
							id: String(index),
							name: `value${index}`,
							type: 'object',
							value: `=${value}`,
						})),
					},
				},
			}),
			{ items: [{ json: { defaults: { num_epochs: 10 } } }] },
		);
		expect(error).toBeUndefined();
	});
});
