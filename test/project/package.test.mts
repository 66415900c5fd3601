import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type {
	INodeParameters,
	INodeProperties,
	INodePropertyCollection,
	INodeTypeDescription,
} from 'n8n-workflow';
import { chain, createEngine, type Engine } from '../tools/engine/engine.mts';
import { workflowFrom } from '../tools/engine/execution.mts';
import { repositoryRoot } from '../tools/engine/package.mts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

const manifest = JSON.parse(read('package.json')) as {
	name: string;
	license: string;
	keywords: string[];
	files: string[];
	dependencies?: object;
	peerDependencies: Record<string, string>;
	n8n: { n8nNodesApiVersion: number; strict: boolean; nodes: string[]; credentials: string[] };
};

const nodeDirectories = readdirSync(join(repositoryRoot, 'nodes')).filter(
	(name) => name !== 'shared',
);

const nodeTypeOf = (directory: string) => directory[0].toLowerCase() + directory.slice(1);

let engine: Engine;

beforeAll(async () => {
	engine = await createEngine();
});

const descriptionOf = (directory: string): INodeTypeDescription =>
	engine.nodeTypes.getByNameAndVersion(`${manifest.name}.${nodeTypeOf(directory)}`).description;

/** Parameters with those inside their collections. */
function allOf(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => [
		property,
		...allOf(
			(property.options ?? []).flatMap((option) =>
				'values' in option
					? (option as INodePropertyCollection).values
					: 'type' in option
						? [option as INodeProperties]
						: [],
			),
		),
	]);
}

describe('the manifest', () => {
	it('is that of an n8n community package without dependencies of its own', () => {
		expect(manifest).toMatchObject({
			name: 'n8n-nodes-clarifai',
			license: 'MIT',
			keywords: expect.arrayContaining(['n8n-community-node-package']),
			files: ['dist'],
			peerDependencies: { 'n8n-workflow': '*' },
			n8n: { n8nNodesApiVersion: 1, strict: true },
		});
		expect(manifest.dependencies).toBeUndefined();
	});

	it('registers every node and every credential, and nothing else', () => {
		const credentials = readdirSync(join(repositoryRoot, 'credentials'));

		expect([...manifest.n8n.nodes].sort()).toEqual(
			nodeDirectories.map((name) => `dist/nodes/${name}/${name}.node.js`).sort(),
		);
		expect(manifest.n8n.credentials).toEqual(
			credentials.map((file) => `dist/credentials/${file.replace(/\.ts$/, '.js')}`),
		);
	});
});

describe.each(nodeDirectories)('%s', (directory) => {
	it('has a codex beside it', () => {
		const codex = JSON.parse(read(`nodes/${directory}/${directory}.node.json`)) as {
			node: string;
			nodeVersion: string;
			codexVersion: string;
			categories: string[];
			alias: string[];
			resources: Record<string, Array<{ url: string }>>;
		};

		expect(codex).toMatchObject({ node: manifest.name, nodeVersion: '1.0', codexVersion: '1.0' });
		expect(codex.categories.length).toBeGreaterThan(0);
		expect(codex.alias).toContain('Clarifai');
		expect(Object.keys(codex.resources)).toEqual([
			'primaryDocumentation',
			'credentialDocumentation',
		]);
	});

	it('is a versioned node with an icon, a subtitle and the credential', () => {
		const description = descriptionOf(directory);

		expect(description).toMatchObject({
			name: nodeTypeOf(directory),
			version: 1,
			displayName: expect.stringMatching(/^Clarifai /),
			credentials: [{ name: 'clarifaiApi', required: true }],
			subtitle: expect.stringContaining('$parameter'),
		});
		expect(description.defaults.name).toBe(description.displayName);
		const { light, dark } = description.iconUrl as { light: string; dark: string };
		for (const url of [light, dark]) {
			expect(existsSync(join(repositoryRoot, url.replace(`icons/${manifest.name}/`, '')))).toBe(
				true,
			);
		}
	});

	it('is usable as a tool unless it is a trigger', () => {
		const { usableAsTool, group, inputs } = descriptionOf(directory);
		const isTrigger = group.includes('trigger');

		// What an agent reads is more than what fits into a panel.
		expect(usableAsTool).toEqual(
			isTrigger
				? undefined
				: { replacements: { description: expect.stringMatching(/^[A-Z].{50,}\.$/) } },
		);
		expect(inputs).toHaveLength(isTrigger ? 0 : 1);
	});

	it('has options for user, app and rate', () => {
		const options = descriptionOf(directory).properties.find(({ name }) => name === 'options');

		expect(options?.options).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ name: 'userId', default: '' }),
				expect.objectContaining({ name: 'appId', default: '' }),
				expect.objectContaining({ name: 'maxRequestsPerSecond', default: 15 }),
			]),
		);
	});

	it('says of every parameter what it is called', () => {
		for (const { displayName, name } of allOf(descriptionOf(directory).properties)) {
			expect(displayName).toMatch(/\w/);
			expect(name).toMatch(/^[a-z]\w*$/);
		}
	});

	it('shows an example in every placeholder', () => {
		const placeholders = allOf(descriptionOf(directory).properties).flatMap(
			({ placeholder, modes = [], type }) =>
				type === 'fixedCollection' || type === 'collection'
					? []
					: [placeholder, ...modes.map((mode) => mode.placeholder)].filter(Boolean),
		);

		expect(placeholders.filter((text) => !text!.startsWith('e.g. '))).toEqual([]);
	});
});

test('each node has icons of its own, for light and for dark', () => {
	const icons = nodeDirectories.flatMap((directory) =>
		readdirSync(join(repositoryRoot, 'nodes', directory))
			.filter((file) => file.endsWith('.svg'))
			.map((file) => read(join('nodes', directory, file))),
	);

	expect(new Set(icons).size).toBe(2 * nodeDirectories.length);
});

describe('the subtitle on the canvas', () => {
	const located = (value: string) => ({ __rl: true, mode: 'list', value });

	it.each<[string, INodeParameters, string]>([
		['clarifaiCreateModel', { modelId: 'cars' }, 'cars'],
		['clarifaiListTemplates', {}, 'all model types'],
		['clarifaiListTemplates', { modelType: located('visual-detector') }, 'visual-detector'],
		['clarifaiListTemplates', { source: 'pipelineTemplates' }, 'pipeline templates'],
		['clarifaiTrain', { template: located('MMDetection_SSD') }, 'MMDetection_SSD'],
		['clarifaiTrainingStatus', { modelVersionId: 'abc' }, 'abc'],
		['clarifaiTrainingTrigger', { event: 'failed' }, 'failed'],
		['clarifaiCreateWorkflow', { workflowId: 'finder' }, 'finder'],
		['clarifaiUpdateDefaultWorkflow', { workflow: located('finder') }, 'finder'],
		['clarifaiAddInputs', { dataset: located('birds') }, 'birds'],
		['clarifaiEvaluateModel', { dataset: located('test-set') }, 'test-set'],
		['clarifaiDeployModel', { deploymentId: located('live') }, 'live'],
		['clarifaiPredict', { model: located('cars') }, 'cars'],
	])('of %s with %j is %s', (type, parameters, subtitle) => {
		const node = engine.node(type, parameters);
		const workflow = workflowFrom(chain(node), engine.nodeTypes);
		const { description } = engine.nodeTypes.getByNameAndVersion(node.type);

		// As n8n's editor evaluates it.
		const shown = workflow.expression.getSimpleParameterValue(
			workflow.getNode(node.name)!,
			description.subtitle,
			'internal',
			{},
		);

		expect(shown).toBe(subtitle);
	});
});

/** Fields that n8n adds to every credential. */
const LABELS_OF_N8N = ['Allowed HTTP Request Domains'];

describe('what the nodes say to users', () => {
	const sources = ['nodes', 'credentials'].flatMap((folder) =>
		readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
			.filter((path) => path.endsWith('.ts'))
			.map((path) => join(folder, path)),
	);

	/** The display names of a parameter name, in all nodes and the credential. */
	const labels = () => {
		const credential = [
			...read('credentials/ClarifaiApi.credentials.ts').matchAll(
				/displayName: '([^']+)',\s+name: '(\w+)'/g,
			),
		].map(([, displayName, name]) => ({ displayName, name }));
		const parameters = nodeDirectories.flatMap((directory) =>
			allOf(descriptionOf(directory).properties),
		);
		return [...credential, ...parameters];
	};

	it('names only parameters and nodes that there are', () => {
		const known = new Set([
			...labels().map(({ displayName }) => displayName),
			...nodeDirectories.map((directory) => descriptionOf(directory).displayName),
			...LABELS_OF_N8N,
		]);
		// In a text, as 'Model Type'; texts with such quotes are in double quotes or backticks.
		const named = sources.flatMap((path) =>
			[...read(path).matchAll(/(["`])((?:(?!\1).)*)\1/g)].flatMap(([, , text]) =>
				[...text.replace(/\$\{[^}]*\}/g, '').matchAll(/'([A-Z][^'$]+)'/g)].map(([, name]) => name),
			),
		);

		expect(named.length).toBeGreaterThan(20);
		expect(named.filter((name) => !known.has(name))).toEqual([]);
	});
});

it('is packed with the build, README, LICENSE and package.json alone', () => {
	const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
		cwd: repositoryRoot,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const [{ files }] = JSON.parse(output) as [{ files: Array<{ path: string }> }];
	const paths = files.map(({ path }) => path);

	expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
		'LICENSE.md',
		'README.md',
		'package.json',
	]);
	expect(paths).toEqual(
		expect.arrayContaining([
			...manifest.n8n.nodes,
			...manifest.n8n.credentials,
			...manifest.n8n.nodes.map((path) => path.replace(/\.js$/, '.json')),
			'dist/nodes/shared/icons/clarifai.svg',
			'dist/nodes/shared/icons/clarifai.dark.svg',
		]),
	);
	const odd = paths.filter(
		(path) => !/^[^.]+(\.(node|credentials|dark))?\.(js|json|svg|md)$/.test(path),
	);
	expect(odd).toEqual([]);
	expect(paths.map((path) => basename(path))).not.toContain('tsconfig.tsbuildinfo');
});
