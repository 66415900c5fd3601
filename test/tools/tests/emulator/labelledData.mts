import type { Emulator } from '../../emulator/emulator.mts';
import type { Message } from '../../emulator/message.mts';

export interface LabelledData {
	id?: string;
	/** IDs of the concepts that are there, and of those that are not. */
	concepts?: string[];
	absent?: string[];
	base64?: string;
	url?: string;
	text?: string;
	regions?: Message[];
}

/** Puts labelled inputs into the demo app and one of its datasets. */
export function addLabelledInputs(emulator: Emulator, datasetId: string, inputs: LabelledData[]) {
	const app = emulator.app();
	const now = emulator.clock.timestamp();
	for (const { id = `labelled-${app.inputs.size}`, ...input } of inputs) {
		app.inputs.set(id, {
			id,
			data: dataOf(input),
			dataset_ids: [datasetId],
			created_at: now,
			modified_at: now,
		});
	}
}

function dataOf({ concepts = [], absent = [], base64, url, text, regions }: LabelledData): Message {
	return {
		...(text === undefined ? { image: { base64, url } } : { text: { raw: text } }),
		concepts: [
			...concepts.map((id) => ({ id, value: 1 })),
			...absent.map((id) => ({ id, value: 0 })),
		],
		...(regions && { regions }),
	};
}

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
