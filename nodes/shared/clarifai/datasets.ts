import { objectAt, textAt, type JsonObject } from './json';
import { StatusCode, statusCodeOf } from './statusCodes';

/** A version of a dataset as Clarifai shows it: a frozen copy of what the dataset held. */
export interface DatasetVersion {
	id?: string;
	datasetId?: string;
	createdAt?: string;
	description?: string;
	status: 'processing' | 'ready' | 'failed';
	statusCode?: number;
	statusDescription: string;
	raw: JsonObject;
}

const FAILED: ReadonlySet<number> = new Set([
	StatusCode.DATASET_VERSION_FAILURE,
	StatusCode.DATASET_VERSION_UNEXPECTED_ERROR,
	StatusCode.DATASET_VERSION_CONFLICT,
]);

export function readDatasetVersion(raw: JsonObject): DatasetVersion {
	const status = objectAt(raw, 'status');
	const code = statusCodeOf(status.code);
	return {
		id: textAt(raw, 'id'),
		datasetId: textAt(raw, 'dataset_id'),
		createdAt: textAt(raw, 'created_at'),
		description: textAt(raw, 'description'),
		status: statusOf(code),
		statusCode: code,
		statusDescription:
			textAt(status, 'description') ?? `Status ${textAt(status, 'code') ?? 'unknown'}`,
		raw,
	};
}

function statusOf(code: number | undefined): DatasetVersion['status'] {
	if (code === StatusCode.DATASET_VERSION_READY) return 'ready';
	return code !== undefined && FAILED.has(code) ? 'failed' : 'processing';
}
