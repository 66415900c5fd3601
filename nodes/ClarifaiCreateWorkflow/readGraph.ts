import type { AppScope } from '../shared/clarifai/identifiers';
import { isObject, type JsonObject } from '../shared/clarifai/json';
import type { ItemParameters } from '../shared/parameters/itemParameters';
import type { ParameterReader } from '../shared/parameters/parameterReader';
import { versionIdToUse } from '../shared/parameters/usableVersion';
import { parseJson } from '../shared/parameters/values';
import { nodesOfJson, orderGraph, toClarifaiNode, type GraphNode } from './workflowGraph';

/** The graph that an item's parameters describe, in Clarifai's own form, checked and in order. */
export function readGraph(
	item: ItemParameters,
	scope: AppScope,
): JsonObject & { nodes: JsonObject[] } {
	const isJson = item.choice<'form' | 'json'>('specifyGraph') === 'json';
	const graph = isJson ? graphOfJson(item) : { nodes: formNodes(item, scope) };
	// A graph that could not be read has no order.
	if (item.problems.length > 0) return { nodes: [] };
	return { ...graph, nodes: item.attempt(() => orderGraph(graph.nodes), []) };
}

function graphOfJson(item: ItemParameters): JsonObject & { nodes: JsonObject[] } {
	return item.attempt(
		() => {
			const label = item.label('graphJson');
			const graph = parseJson(item.value('graphJson'), label);
			return { ...(isObject(graph) ? graph : {}), nodes: nodesOfJson(graph, label) };
		},
		{ nodes: [] },
	);
}

function formNodes(item: ItemParameters, scope: AppScope): JsonObject[] {
	return item
		.entries('nodes.node', 'node')
		.map((entry) => toClarifaiNode(formNode(item, entry, scope)));
}

function formNode(item: ItemParameters, entry: ParameterReader, scope: AppScope): GraphNode {
	const model = entry.located('modelId', 'models');
	// Clarifai resolves bare model IDs inside the app only, and the guide's own body names the owner.
	const owner = model.scope ?? scope;
	return {
		nodeId: entry.id('nodeId'),
		modelId: model.id,
		modelVersionId: versionIdToUse(item, 'modelVersionId', entry),
		modelUserId: entry.optionalId('modelUserId') ?? owner.userId,
		modelAppId: entry.optionalId('modelAppId') ?? owner.appId,
		inputs: entry.idList('inputs'),
		conceptIds: entry.idList('conceptIds'),
		maxConcepts: entry.number('maxConcepts', { min: 0, whole: true }),
		minValue: entry.number('minValue', { min: 0, max: 1 }),
		suppressOutput: entry.boolean('suppressOutput'),
	};
}
