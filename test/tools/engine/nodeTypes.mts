import type { PackageDirectoryLoader } from 'n8n-core';
import type { IDataObject, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { n8nWorkflow } from './n8n.mts';
import { toolVariant } from './toolVariant.mts';

export type NodeTypesByName = Record<string, INodeType>;

/** The package's node types under the names they have in workflows, and the stand-ins beside them. */
export class EngineNodeTypes implements INodeTypes {
	private readonly types: Record<string, INodeType | IVersionedNodeType>;

	private readonly toolVariants: NodeTypesByName = {};

	constructor(
		private readonly loader: PackageDirectoryLoader,
		private readonly standIns: NodeTypesByName,
	) {
		const packaged = Object.entries(loader.nodeTypes).map(
			([name, { type }]) => [`${loader.packageName}.${name}`, type] as const,
		);
		this.types = { ...standIns, ...Object.fromEntries(packaged) };
	}

	with(others: NodeTypesByName): EngineNodeTypes {
		return new EngineNodeTypes(this.loader, { ...this.standIns, ...others });
	}

	getByName(name: string): INodeType | IVersionedNodeType {
		const type = this.types[name];
		if (!type) {
			const known = Object.keys(this.types).sort().join(', ');
			throw new Error(`Unrecognized node type: ${name}. The test engine knows: ${known}`);
		}
		return type;
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		if (name in this.types || !name.endsWith('Tool')) {
			return n8nWorkflow.NodeHelpers.getVersionedNodeType(this.getByName(name), version);
		}
		const base = this.getByNameAndVersion(name.slice(0, -'Tool'.length), version);
		return (this.toolVariants[`${name}@${version}`] ??= toolVariant(base));
	}

	getKnownTypes(): IDataObject {
		return Object.fromEntries(
			Object.entries(this.types).map(([name, type]) => [
				name,
				{ className: type.constructor.name, sourcePath: '' },
			]),
		);
	}
}
