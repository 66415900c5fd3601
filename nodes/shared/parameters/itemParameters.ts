import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Access } from '../api/credential';
import type { AppScope } from '../clarifai/identifiers';
import { scopeOf } from './commonProperties';
import { ParameterReader, type ParameterSource } from './parameterReader';
import { InputProblem } from './problems';

/** What an item tells of a model, so that Clarifai need not be asked. */
export interface KnownModel {
	modelTypeId: string;
	/** Created by the node before this one, so that it has no version yet. */
	isNew: boolean;
}

/** The parameters of one item. Every read is for this item, so no value of item 0 serves them all. */
export class ItemParameters extends ParameterReader {
	constructor(
		private readonly context: IExecuteFunctions,
		readonly itemIndex: number,
		private readonly home: Access['home'],
		properties: readonly INodeProperties[],
	) {
		super(sourceOf(context, itemIndex), properties);
	}

	/** The names of the item's files. */
	fileNames(): string[] {
		return Object.keys(this.context.getInputData()[this.itemIndex]?.binary ?? {});
	}

	/**
	 * The content of a file whose name is in the parameter.
	 * @throws InputProblem when the item has no such file
	 */
	async file(path: string): Promise<Buffer> {
		const property = this.fileName(path);
		return await this.context.helpers.getBinaryDataBuffer(this.itemIndex, property);
	}

	/**
	 * The name of a file of the item.
	 * @throws InputProblem when the item has no such file
	 */
	fileName(path: string): string {
		const property = String(this.value(path) ?? '').trim() || 'data';
		const files = this.fileNames();
		if (files.includes(property)) return property;
		throw new InputProblem(
			`'${this.label(path)}' is "${property}", and the item has no file of that name`,
			files.length > 0
				? `Item ${this.itemIndex} carries the files: ${files.slice(0, 20).join(', ')}.`
				: `Item ${this.itemIndex} carries no files. Read the file in a node before this one.`,
		);
	}

	/** The user and app of this item: those of a link, else of 'Options', else of the credential. */
	scope(linked?: AppScope): AppScope {
		return linked ?? scopeOf(this, this.home);
	}

	/** The JSON of the item that came in. */
	get incoming(): Record<string, unknown> {
		return this.context.getInputData()[this.itemIndex]?.json ?? {};
	}

	/** What the item tells of a model that a node before this one has put out. */
	knownModel({ userId, appId }: AppScope, modelId: string): KnownModel | undefined {
		const json = this.incoming;
		const isSame = json.modelId === modelId && json.userId === userId && json.appId === appId;
		if (!isSame || typeof json.modelTypeId !== 'string' || json.modelTypeId === '')
			return undefined;
		return { modelTypeId: json.modelTypeId, isNew: json.created === true };
	}
}

function sourceOf(context: IExecuteFunctions, itemIndex: number): ParameterSource {
	const nothing = null as unknown as object;
	return {
		raw: (path) =>
			context.getNodeParameter(path, itemIndex, nothing, { rawExpressions: true }) ?? undefined,
		resolved: (path) => context.getNodeParameter(path, itemIndex, nothing),
		fieldsInWords() {
			const keys = Object.keys(context.getInputData()[itemIndex]?.json ?? {});
			return keys.length > 0
				? `Item ${itemIndex} carries: ${keys.slice(0, 20).join(', ')}.`
				: `Item ${itemIndex} carries no fields.`;
		},
	};
}
