import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { repositoryRoot } from '../../../tools/engine/package.mts';
import { setUp } from '../../setup.mts';

const nodes = readdirSync(join(repositoryRoot, 'nodes')).filter((name) => name !== 'shared');

type Parameter = INodeProperties | INodePropertyCollection;

const withInner = (parameter: Parameter): INodeProperties[] => [
	...('type' in parameter ? [parameter] : []),
	...[
		...('options' in parameter ? (parameter.options ?? []) : []),
		...('values' in parameter ? parameter.values : []),
	].flatMap((inner) =>
		'name' in inner && !('value' in inner) ? withInner(inner as Parameter) : [],
	),
];

/**
 * n8n empties a locator when what its list depends on changes, and an expression changes when the first
 * data arrives: a step that is executed with its panel open would lose the version it was to work with.
 */
it.each(nodes)('no locator of %s depends on what an expression gives', async (directory) => {
	const type = `n8n-nodes-clarifai.${directory[0].toLowerCase()}${directory.slice(1)}`;
	const { engine } = await setUp();
	const { description } = engine.nodeTypes.getByNameAndVersion(type);

	const locators = description.properties
		.flatMap(withInner)
		.filter((parameter) => parameter.type === 'resourceLocator');

	expect(
		locators.filter(({ typeOptions }) =>
			typeOptions?.loadOptionsDependsOn?.some((path) => path.endsWith('.value')),
		),
	).toEqual([]);
});
