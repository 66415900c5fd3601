import type { INodeListSearchResult, INodeParameters, INodeProperties } from 'n8n-workflow';
import type { DynamicRequest } from '../../tools/n8n/client.mts';
import type { Stack } from '../stack.mts';

/** The request that the editor sends to fill a parameter's list or form: all it knows is the node's description. */
export async function editorRequest(
	stack: Stack,
	nodeName: string,
	parameterName: string,
	parameters: INodeParameters = {},
): Promise<DynamicRequest> {
	const node = (await stack.ownNodeTypes()).find(({ name }) => name.endsWith(`.${nodeName}`));
	const property = node?.properties.find(({ name }) => name === parameterName);
	if (!node || !property) throw new Error(`n8n knows no parameter ${parameterName} of ${nodeName}`);
	return {
		nodeType: node.name,
		path: `parameters.${parameterName}`,
		methodName: methodOf(property),
		parameters,
		credential: stack.credential,
	};
}

function methodOf({ name, modes, typeOptions }: INodeProperties): string {
	const listMode = modes?.find((mode) => mode.name === 'list');
	const method =
		listMode?.typeOptions?.searchListMethod ??
		typeOptions?.loadOptionsMethod ??
		typeOptions?.resourceMapper?.resourceMapperMethod;
	if (!method) throw new Error(`Parameter ${name} has no list`);
	return method;
}

export async function everyPage(stack: Stack, request: DynamicRequest) {
	const pages: INodeListSearchResult[] = [];
	let paginationToken: string | undefined;
	do {
		pages.push(await stack.n8n.listResults({ ...request, paginationToken }));
		paginationToken = pages.at(-1)?.paginationToken as string | undefined;
	} while (paginationToken !== undefined && pages.length < 50);
	return pages;
}

export const valuesOf = (pages: INodeListSearchResult[]) =>
	pages.flatMap(({ results }) => results.map(({ value }) => value));
