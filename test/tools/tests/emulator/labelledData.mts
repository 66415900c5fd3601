import type { Message } from '../../emulator/message.mts';

/** The bytes of a PNG as far as anybody looks at them, a different one for each name. */
export function png(name: string): string {
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([signature, Buffer.from(name)]).toString('base64');
}

export function region(conceptId: string, box: [number, number, number, number]): Message {
	const [top_row, left_col, bottom_row, right_col] = box;
	return {
		region_info: { bounding_box: { top_row, left_col, bottom_row, right_col } },
		data: { concepts: [{ id: conceptId, value: 1 }] },
	};
}
