const shared = '../../../../../../dist/nodes/shared';
const { inApp } = require(`${shared}/api/call.js`);
const { runItems } = require(`${shared}/node/runItems.js`);
const { optionsWith } = require(`${shared}/parameters/commonProperties.js`);

const properties = [
	{ displayName: 'ID', name: 'id', type: 'string', default: '={{ $json.id }}' },
	{ displayName: 'Key', name: 'key', type: 'string', default: '' },
	{ displayName: 'Bytes', name: 'bytes', type: 'number', default: 0 },
	{ displayName: 'Most', name: 'most', type: 'number', default: 4 },
	{ displayName: 'Most Bytes', name: 'mostBytes', type: 'number', default: 1000 },
	optionsWith(),
];

/** Makes a concept for each item, several in one request. An ID says what goes wrong with its item. */
const workOf = (context) => ({
	properties,
	writes: true,
	prepare: (item) => ({
		scope: item.scope(),
		id: item.id('id'),
		key: item.text('key') ?? '',
		bytes: item.numberOrDefault('bytes'),
		most: item.numberOrDefault('most'),
		file: item.fileNames()[0],
	}),
	async check({ id }) {
		if (id.startsWith('unchecked')) throw new Error(`${id} does not pass the check`);
		return `${id} passed`;
	},
	together: {
		key: ({ key }) => key,
		most: ({ most }) => most,
		mostBytes: context.getNodeParameter('mostBytes', 0),
		sizeOf: ({ bytes }) => bytes,
		async perform(batch) {
			const [{ run, request }] = batch;
			if (batch.some(({ request: { id } }) => id.startsWith('fatal'))) {
				throw new Error('The whole batch failed');
			}
			for (const { checked, request: each } of batch) {
				if (checked !== `${each.id} passed`) throw new Error(`${each.id} was not checked`);
			}
			const files = await Promise.all(
				batch.map(({ run: { itemIndex }, request: { file } }) =>
					file ? context.helpers.getBinaryDataBuffer(itemIndex, file) : undefined,
				),
			);
			const isGood = ({ request: { id } }) => !id.startsWith('bad');
			const concepts = batch
				.filter(isGood)
				.map(({ request: { id } }) => ({ id, name: `${id} of ${batch.length}` }));
			if (concepts.length > 0) {
				const path = inApp(request.scope, 'concepts');
				await run.client.request({ method: 'POST', path, body: { concepts } });
			}
			return batch.map((item, place) =>
				isGood(item)
					? { id: item.request.id, of: batch.length, size: files[place]?.length ?? 0 }
					: new Error(`${item.request.id} was refused`),
			);
		},
	},
	output: (result) => [result],
});

exports.Batch = class {
	description = {
		displayName: 'Batch',
		name: 'batch',
		group: ['transform'],
		version: 1,
		description: 'Does its items in batches',
		defaults: { name: 'Batch' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'clarifaiApi', required: true }],
		properties,
	};

	async execute() {
		return await runItems(this, workOf(this));
	}
};
