import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INodeTypeDescription } from 'n8n-workflow';
import { createEngine } from '../engine/engine.mts';
import { commonTable, parameterTable } from './parameterTable.mts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const START = '<!-- parameters:start -->';
const END = '<!-- parameters:end -->';

export interface Page {
	/** Below the repository's root. */
	path: string;
	text: string;
	/** The same with the table that the node has now. */
	renewed: string;
	description: INodeTypeDescription;
}

/** The pages of docs/nodes, beside what they should be. */
export async function pages(): Promise<Page[]> {
	const engine = await createEngine();
	const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[] };
	};
	const ofNodes = manifest.n8n.nodes.map((file) => {
		const folder = file.split('/')[2]!;
		const type = `n8n-nodes-clarifai.${folder[0]!.toLowerCase()}${folder.slice(1)}`;
		const { description } = engine.nodeTypes.getByNameAndVersion(type);
		return page(`docs/nodes/${pageName(folder)}.md`, parameterTable(description), description);
	});
	const { description } = ofNodes[0]!;
	return [page('docs/nodes/README.md', commonTable(description), description), ...ofNodes];
}

function page(path: string, table: string, description: INodeTypeDescription): Page {
	const text = readFileSync(join(root, path), 'utf8');
	return { path, text, renewed: renew(text, table), description };
}

/** ClarifaiTrainingStatus has the page training-status. */
export function pageName(folder: string): string {
	return folder
		.replace(/^Clarifai/, '')
		.replace(/(?!^)[A-Z]/g, '-$&')
		.toLowerCase();
}

function renew(text: string, table: string): string {
	const [before, rest = ''] = text.split(START);
	const [, after = ''] = rest.split(END);
	return `${before}${START}\n${table}\n${END}${after}`;
}
