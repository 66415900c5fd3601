import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INodeProperties } from 'n8n-workflow';
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

describe('README', () => {
	const readme = read('README.md');

	it('has the headings that the nodes link to', () => {
		const urls = filesIn('nodes')
			.filter((path) => path.endsWith('.node.json'))
			.flatMap((path) => read(path).match(/https:\/\/github[^"]+/g) ?? []);
		expect(urls.length).toBeGreaterThanOrEqual(nodeNames.length);
		expect(urls.filter((url) => !anchorsOf(readme).includes(url.split('#')[1]))).toEqual([]);
	});

	it.each(nodeNames)('describes every parameter of %s', async (name) => {
		const engine = await createEngine();
		const nodeType = `n8n-nodes-clarifai.${name[0].toLowerCase()}${name.slice(1)}`;
		const { description } = engine.nodeTypes.getByNameAndVersion(nodeType);
		const heading = `### ${description.displayName}`;
		expect(readme).toContain(heading);
		const section = readme.slice(readme.indexOf(heading)).split('\n##')[0];
		const missing = description.properties
			.filter(({ name, type }: INodeProperties) => type !== 'notice' && name !== 'pollTimes')
			.map(({ displayName }: INodeProperties) => displayName)
			.filter((label) => !section.includes(label) && !readme.includes(`**${label}**`));
		expect(missing).toEqual([]);
	});

	it('has expressions that n8n can evaluate', async () => {
		const engine = await createEngine();
		const expressions = readme.match(/\{\{.+?\}\}+/g) ?? [];
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
