import { NodeApiError, NodeOperationError, type INode, type JsonObject } from 'n8n-workflow';
import { callInWords } from '../api/call';
import { ClarifaiFailure } from '../api/failures';
import { plainText } from '../clarifai/plainText';
import { ExplainedError } from '../parameters/problems';
import { remedyFor } from './remedies';

const MAX_MESSAGE = 500;
const MAX_DETAILS = 1500;

/**
 * The error as n8n shows it: what happened in Clarifai's own words as the message; details, code,
 * request ID and what to do next as the description; for one item.
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	if (error instanceof ClarifaiFailure) {
		const { message, httpStatus, networkCode, unknownWrite } = error.facts;
		const text = plainText(
			unknownWrite
				? `${sentenceCase(unknownWrite.what)} may have been carried out: ${message}`
				: message,
			MAX_MESSAGE,
		);
		// A plain object, because NodeApiError ignores these options when it wraps another error.
		const apiError = new NodeApiError(node, { message: text } as JsonObject, {
			message: text,
			description: describe(error),
			httpCode: httpStatus === undefined ? networkCode : String(httpStatus),
			itemIndex,
		});
		// For network errors n8n puts words of its own in its place, which do not say what was called.
		apiError.message = text;
		return apiError;
	}
	if (error instanceof ExplainedError) {
		return new NodeOperationError(node, plainText(error.message, MAX_DETAILS), {
			description: plainText(error.hint, MAX_DETAILS),
			itemIndex,
		});
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(node, error instanceof Error ? error : new Error(String(error)), {
		itemIndex,
	});
}

function describe({ facts }: ClarifaiFailure): string {
	const { details, code, requestId, httpStatus, call } = facts;
	const identifiers = [
		code === undefined ? undefined : `code ${code}`,
		requestId === undefined ? undefined : `request ID ${plainText(requestId, 80)}`,
		httpStatus === undefined ? undefined : `HTTP ${httpStatus}`,
		plainText(callInWords(call), 200),
	].filter((part) => part !== undefined);
	return [
		details === undefined ? undefined : sentence(plainText(details, MAX_DETAILS)),
		sentence(remedyFor(facts)),
		`(Clarifai: ${identifiers.join(', ')})`,
	]
		.filter((part) => part !== undefined)
		.join(' ');
}

function sentenceCase(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
	const trimmed = text.trim();
	return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
