import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { Code } from '../tools/emulator/statuses.mts';

export { Code };

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** Something that begins as a PNG does, of its own for each name. */
export const png = (name: string, size = 0): Buffer =>
	Buffer.concat([PNG, Buffer.from(name), Buffer.alloc(Math.max(0, size - PNG.length))]);

export const wav = (name: string): Buffer => Buffer.from(`RIFF0000WAVE${name}`);
export const mp4 = (name: string): Buffer => Buffer.from(`0000ftypmp42${name}`);
export const notAPicture = (name: string): Buffer => Buffer.from(`no picture: ${name}`);

/** A file as n8n keeps it in an item. */
export const inMemory = (content: Buffer, more: Partial<IBinaryData> = {}): IBinaryData => ({
	data: content.toString('base64'),
	mimeType: 'image/png',
	fileName: 'a.png',
	...more,
});

export const withFile = (file: IBinaryData, json: IDataObject = {}): INodeExecutionData => ({
	json,
	binary: { data: file },
});

/** Items with a picture each, told apart by their names. */
export const pictures = (...names: string[]): INodeExecutionData[] =>
	names.map((name) => withFile(inMemory(png(name), { fileName: `${name}.png` }), { name }));

export const numbered = (count: number, prefix = 'p'): string[] =>
	Array.from({ length: count }, (_none, index) => `${prefix}${index}`);

/** Items with an address each. */
export const addresses = (...names: string[]): IDataObject[] =>
	names.map((name) => ({ name, url: `https://files.example/${name}.jpg` }));

export const byUrl = { inputSource: 'url', url: '={{ $json.url }}' } as const;
