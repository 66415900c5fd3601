import type { IExecuteFunctions } from 'n8n-workflow';
import { plainText } from '../clarifai/plainText';

/** n8n's limit for one value of custom data, in characters. */
export const MAX_CUSTOM_DATA = 512;

/** Shows a text on the execution, also after the node has been stopped. Absent in older versions of n8n. */
export function showOnExecution(context: IExecuteFunctions, key: string, text: string): void {
	context.customData?.set(key, plainText(text, MAX_CUSTOM_DATA - 1));
}
