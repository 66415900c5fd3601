import type { InputsProcessing } from '../shared/api/inputs';
import type { WrittenEntry } from '../shared/api/writtenList';
import {
	labelData,
	labelsDiffer,
	labelsOf,
	withoutMedium,
	type Input,
} from '../shared/clarifai/inputs';
import type { JsonObject } from '../shared/clarifai/json';
import type { BatchItem } from '../shared/node/itemWork';
import type { AddRequest } from './request';

/** What became of one item. Plain data. */
export interface AddResult {
	/** Absent for a URL that the app has under another ID. */
	inputId?: string;
	status: 'added' | 'exists' | 'updated';
	isProcessed: boolean;
	/** The batch that it was added with, whose processing can be waited for. */
	batch?: InputsProcessing;
	/** What the input has besides its medium now, in Clarifai's own form. */
	data: JsonObject;
	/** The stored labels are others than those of the item. */
	labelsDiffer?: boolean;
	createdAt?: string;
	raw: JsonObject;
}

export type AddItem = BatchItem<AddRequest, void>;

/** An item with the ID of its input. */
export interface Identified extends AddItem {
	id: string;
	/** What its first request has of it, where the ID was made from the content. */
	written?: WrittenEntry;
}

export type Outcome = AddResult | Error;

/** An input that is there, and what its item puts out. */
export interface Existing {
	item: Identified;
	result: AddResult;
}

export function added(
	{ id, request }: Identified,
	input: Input,
	batch: InputsProcessing = { scope: request.scope, ids: [id] },
): AddResult {
	return {
		inputId: id,
		status: 'added',
		isProcessed: input.processing === 'processed',
		batch,
		data: labelData(request.labels),
		createdAt: input.createdAt,
		raw: input.raw,
	};
}

export function existing(item: Identified, input: Input, batch: InputsProcessing): Existing {
	const result: AddResult = {
		inputId: item.id,
		status: 'exists',
		isProcessed: input.processing === 'processed',
		batch,
		data: withoutMedium(input.data),
		createdAt: input.createdAt,
		raw: input.raw,
	};
	return { item, result };
}

/** An input that stays as it is, whatever its item says. */
export function skipped({ item, result }: Existing): AddResult {
	const differ = hasOtherLabels(item, result);
	if (differ) {
		item.run.hint(
			"Inputs that exist have other labels than their items, and were left as they are (labelsDiffer). Set 'If Input Exists' to Update to replace them.",
		);
	}
	return { ...result, status: 'exists', labelsDiffer: differ };
}

export function hasOtherLabels({ request }: Identified, { data }: AddResult): boolean {
	return labelsDiffer(request.labels, labelsOf(data));
}
