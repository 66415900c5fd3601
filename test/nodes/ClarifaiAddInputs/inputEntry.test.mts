import { randomBytes } from 'node:crypto';
import { idOfContent } from '../../../nodes/ClarifaiAddInputs/inputId.ts';
import { inputEntry, sizeOfEntry } from '../../../nodes/ClarifaiAddInputs/postInputs.ts';
import type { AddRequest } from '../../../nodes/ClarifaiAddInputs/request.ts';

const file = randomBytes(10_000);

const plain: AddRequest = {
	scope: { userId: 'me', appId: 'app' },
	itemIndex: 0,
	medium: { type: 'image', source: 'binary', property: 'data', size: file.length },
	labels: {},
	createDataset: false,
	ifExists: 'skip',
	newConcepts: 'refuse',
	allowDuplicateUrl: true,
	simplify: true,
};

const box = { top: 0.125, left: 0.25, bottom: 0.5, right: 1 };
const labelled: AddRequest = {
	...plain,
	datasetId: 'träining',
	labels: {
		positive: ['cat', 'dog'],
		negative: ['fox'],
		regions: [{ concepts: ['cat'], box }],
		metadata: { 'who "it" was': ['Zoë', { deep: 1 }] },
		geo: { latitude: 1.5, longitude: -2 },
	},
};

test.each([
	['a file', plain],
	['a file with labels', labelled],
])('the size of %s in a request is known before its ID', (_name, request) => {
	const entry = inputEntry(
		idOfContent(request.medium, file),
		request,
		() => file.toString('base64'),
		async () => file,
	);

	expect(sizeOfEntry(request)).toBe(Buffer.byteLength(`${JSON.stringify(entry)},`));
});
