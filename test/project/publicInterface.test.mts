import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ICredentialType } from 'n8n-workflow';
import { setUp } from '../nodes/setup.mts';
import { repositoryRoot } from '../tools/engine/package.mts';
import { namesIn, shownItem, SHOWINGS } from './outputKeys.mts';
import { interfaceOf, parameterLines } from './publicInterface.mts';

const load = createRequire(import.meta.url);

const nodes = readdirSync(join(repositoryRoot, 'nodes'))
	.filter((directory) => directory !== 'shared')
	.map((directory) => directory[0].toLowerCase() + directory.slice(1));

/**
 * Saved workflows depend on what these snapshots hold; once released, none of it may change. What is
 * added on purpose is taken over with `npx jest test/project/publicInterface --updateSnapshot`.
 */
describe('what saved workflows depend on', () => {
	it.each(nodes)('in the parameters of %s', async (name) => {
		const { engine } = await setUp();

		const { description } = engine.nodeTypes.getByNameAndVersion(`n8n-nodes-clarifai.${name}`);

		expect(interfaceOf(description)).toMatchSnapshot();
	});

	it.each(SHOWINGS)('in the output of $node: $of', async (showing) => {
		const item = await shownItem(showing, await setUp());

		expect(namesIn(item)).toMatchSnapshot();
	});

	it('are the keys of the output of every node that puts out items', () => {
		const shown = new Set(SHOWINGS.map(({ node }) => node));

		expect(nodes.filter((name) => !shown.has(name))).toEqual(['clarifaiTrainingTrigger']);
	});

	it('in the output of clarifaiTrainingTrigger', async () => {
		const { emulator, engine } = await setUp();
		emulator.addTrainedVersion('cars');

		const { items } = await engine.poll('clarifaiTrainingTrigger', {}, { mode: 'manual' });

		expect(namesIn(items![0][0])).toMatchSnapshot();
	});

	it('in the credential', () => {
		const { ClarifaiApi } = load(
			join(repositoryRoot, 'dist/credentials/ClarifaiApi.credentials.js'),
		) as { ClarifaiApi: new () => ICredentialType };
		const { name, properties } = new ClarifaiApi();

		expect([name, ...parameterLines(properties)].join('\n')).toMatchSnapshot();
	});
});
