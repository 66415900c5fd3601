import type { IBinaryData, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { PlaceFile, ReadFile } from '../api/fileBody';
import { mediumData } from '../clarifai/inputs';
import type { JsonObject } from '../clarifai/json';
import type { ItemParameters } from './itemParameters';
import { unresolved } from './ids';

export type InputType = 'image' | 'text' | 'video' | 'audio';

/** One medium of an item, before its file is read. */
export type Medium =
	| { type: InputType; source: 'url'; url: string }
	| { type: InputType; source: 'text'; text: string }
	| {
			type: InputType;
			source: 'binary';
			/** The binary field of the item. */
			property: string;
			fileName?: string;
			mimeType?: string;
			/** Bytes. */
			size: number;
	  };

/** Which data the nodes Add Inputs and Predict take, and from where. */
export const mediaProperties: INodeProperties[] = [
	{
		displayName: 'Input Type',
		name: 'inputType',
		type: 'options',
		default: 'image',
		description: 'What kind of data each item brings',
		options: [
			{ name: 'Audio', value: 'audio' },
			{ name: 'Image', value: 'image' },
			{ name: 'Text', value: 'text' },
			{ name: 'Video', value: 'video' },
		],
	},
	{
		displayName: 'Input Source',
		name: 'inputSource',
		type: 'options',
		default: 'binary',
		description: 'Where the data comes from',
		options: [
			{ name: 'Binary File', value: 'binary', description: 'A file of the input item' },
			{ name: 'Text', value: 'text', description: 'The text itself, for the input type Text' },
			{ name: 'URL', value: 'url', description: 'A public web address that Clarifai reads' },
		],
	},
	{
		displayName: 'Input Data Field Name',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		hint: 'The name of the input field that holds the file',
		description: 'The binary field of the input item',
		displayOptions: { show: { inputSource: ['binary'] } },
	},
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/cat.jpg',
		description: 'Address of the file, which Clarifai must be able to read without signing in',
		displayOptions: { show: { inputSource: ['url'] } },
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		description: 'The text itself',
		displayOptions: { show: { inputSource: ['text'] } },
	},
];

const MB = 1000 * 1000;

/** Clarifai's limits for one input (docs: create/inputs/upload). */
const MOST_BYTES: Record<InputType, number> = {
	image: 20 * MB,
	text: 20 * MB,
	audio: 20 * MB,
	video: 128 * MB,
};

/** Reads and checks an item's medium, not its content; problems are gathered by the item. */
export async function readMedium(
	context: IExecuteFunctions,
	item: ItemParameters,
): Promise<Medium> {
	const type = item.choice<InputType>('inputType');
	const source = item.choice<Medium['source']>('inputSource');
	switch (source) {
		case 'url':
			return { type, source, url: readUrl(item) };
		case 'text':
			return { type, source, text: readText(item, type) };
		case 'binary':
			return await readFile(context, item, type);
	}
}

function readUrl(item: ItemParameters): string {
	const url = (item.text('url') ?? '').trim();
	const label = item.label('url');
	const protocol = URL.canParse(url) ? new URL(url).protocol : '';
	if (/\{\{.*\}\}/.test(url)) item.keep(unresolved(url, label));
	else if (url === '') item.refuse(`'${label}' is empty`, 'Enter the address of a file.');
	else if (protocol !== 'http:' && protocol !== 'https:') {
		item.refuse(
			`'${label}' is not a web address: "${url.slice(0, 100)}"`,
			'It starts with https:// or http://. For a file of the item, set the source to Binary File.',
		);
	}
	return url;
}

function readText(item: ItemParameters, type: InputType): string {
	const text = item.text('text') ?? '';
	if (type !== 'text') {
		item.refuse(
			`'${item.label('inputSource')}' is Text, and '${item.label('inputType')}' is not`,
			`Set '${item.label('inputType')}' to Text, or take the data from a file or a URL.`,
		);
	} else if (text.trim() === '') {
		item.refuse(
			`'${item.label('text')}' is empty`,
			'Enter a text, or an expression that gives one.',
		);
	}
	return text;
}

async function readFile(
	context: IExecuteFunctions,
	item: ItemParameters,
	type: InputType,
): Promise<Medium> {
	const property = item.attempt(() => item.fileName('binaryPropertyName'), '');
	const file = context.getInputData()[item.itemIndex]?.binary?.[property];
	const size = file ? await sizeOf(context, file) : 0;
	const { fileName, mimeType } = file ?? {};
	const name = `The file "${fileName ?? property}"`;
	if (file && size === 0) item.refuse(`${name} is empty`, 'Check the node that reads the file.');
	if (size > MOST_BYTES[type]) {
		item.refuse(
			`${name} has ${(size / MB).toFixed(1)} MB; Clarifai takes ${MOST_BYTES[type] / MB} MB of ${type}`,
			'Make it smaller before this node.',
		);
	}
	const kind = mimeType?.split('/')[0];
	if (kind && isOther(kind, type)) {
		item.refuse(
			`${name} is ${mimeType}, which is no ${type}`,
			`Set '${item.label('inputType')}' to what the file is, or let only files of this type through.`,
		);
	}
	return { type, source: 'binary', property, fileName, mimeType, size };
}

/** Only what is certainly something else: files without a known type are "application/octet-stream". */
function isOther(kind: string, type: InputType): boolean {
	return ['image', 'video', 'audio', 'text'].includes(kind) && kind !== type;
}

/** Bytes of a file, wherever n8n keeps it. */
async function sizeOf(context: IExecuteFunctions, file: IBinaryData): Promise<number> {
	const { bytes } = file as { bytes?: number };
	if (bytes !== undefined) return bytes;
	if (file.id === undefined) return Buffer.byteLength(file.data, 'base64');
	return (await context.helpers.getBinaryMetadata(file.id)).fileSize;
}

/** Bytes that a medium brings into a request. */
export function bytesOf(medium: Medium): number {
	switch (medium.source) {
		case 'binary':
			return medium.size;
		case 'text':
			return Buffer.byteLength(medium.text);
		case 'url':
			return medium.url.length;
	}
}

/** Reads the file of a medium that has one, when it is called. */
export function readFileOf(
	{ helpers }: IExecuteFunctions,
	itemIndex: number,
	medium: Medium,
): ReadFile {
	return async () =>
		medium.source === 'binary'
			? await helpers.getBinaryDataBuffer(itemIndex, medium.property)
			: Buffer.alloc(0);
}

/**
 * A medium in the `data` of an input, in Clarifai's own form.
 * @param traits what goes beside the content
 */
export function mediumContent(
	medium: Medium,
	place: PlaceFile,
	readFile: ReadFile,
	traits: JsonObject = {},
): JsonObject {
	const { type } = medium;
	switch (medium.source) {
		case 'url':
			return mediumData(type, { url: medium.url, ...traits });
		case 'text':
			return mediumData(type, { text: medium.text });
		case 'binary':
			// Clarifai's texts have no base64 (resources.proto).
			return mediumData(
				type,
				type === 'text' ? { text: place(readFile, 'text') } : { base64: place(readFile) },
			);
	}
}
