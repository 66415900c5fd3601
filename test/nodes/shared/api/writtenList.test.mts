import { randomBytes } from 'node:crypto';
import { base64Length } from '../../../../nodes/shared/api/body.ts';
import { Buffers } from '../../../../nodes/shared/api/buffers.ts';
import type { PlaceFile } from '../../../../nodes/shared/api/fileBody.ts';
import { WrittenList } from '../../../../nodes/shared/api/writtenList.ts';

const JOB = { job: 'n8n ✓' };

const sizes = [5, 200_000, 0, 48 * 1024 + 1, 7];
const files = sizes.map((size) => randomBytes(size));
const composeAll = files.map((file, index) => (place: PlaceFile) => ({
	id: `ä "${index}"`,
	data: { image: { base64: place(async () => file) } },
}));

const entries = files.map((file, index) => ({
	id: `ä "${index}"`,
	data: { image: { base64: file.toString('base64') } },
}));

/** What the entries have in a list, each with a comma. */
const EXPECTED = entries.reduce(
	(sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)) + 1,
	0,
);

function written(expected = EXPECTED, buffers = new Buffers()) {
	const list = new WrittenList(buffers, 'inputs', expected);
	return {
		list,
		buffers,
		all: files.map((file, index) => list.write(composeAll[index], Buffer.from(file))),
	};
}

test.each([
	['all', [0, 1, 2, 3, 4]],
	['without the first', [1, 2, 3, 4]],
	['without the last', [0, 1, 2, 3]],
	['without some between', [0, 2, 4]],
	['only one', [1]],
	['only the last', [4]],
])('a body has the entries that are chosen: %s', (_name, chosen) => {
	const { list, all } = written();

	const body = list.toBody(
		chosen.map((index) => all[index]),
		JOB,
	);

	const expected = JSON.stringify({ inputs: chosen.map((index) => entries[index]), ...JOB });
	expect(body.toString()).toBe(expected);
});

test('the room that was said is enough', () => {
	class Counted extends Buffers {
		taken = 0;
		take(bytes: number) {
			this.taken++;
			return super.take(bytes);
		}
	}
	const buffers = new Counted();

	const { list, all } = written(EXPECTED, buffers);
	list.toBody(all, JOB);

	expect(buffers.taken).toBe(1);
});

test('entries are whole where they are longer than was said', () => {
	const { list, all } = written(10);

	expect(list.toBody(all, JOB).toString()).toBe(JSON.stringify({ inputs: entries, ...JOB }));
});

test('a file that is a text is one in the body', () => {
	const text = 'ä "quoted"\n\\ \u0000 ✓ 🌷';
	const file = Buffer.from(text);
	const list = new WrittenList(new Buffers(), 'inputs', base64Length(file.length));

	const entry = list.write(
		(place) => ({ raw: place(async () => file, 'text') }),
		Buffer.from(file),
	);

	const body = list.toBody([entry], JOB).toString();
	expect(JSON.parse(body)).toEqual({ inputs: [{ raw: text }], ...JOB });
});

test('the buffer is that of the body, and else is given back', () => {
	const { list, buffers, all } = written();

	const body = list.toBody(all, JOB);
	list.giveBack();
	expect(buffers.take(1).buffer).not.toBe(body.buffer);
	buffers.giveBack(body);

	const other = written(EXPECTED, buffers);
	other.list.giveBack();
	expect(buffers.take(1).buffer).toBe(body.buffer);
});
