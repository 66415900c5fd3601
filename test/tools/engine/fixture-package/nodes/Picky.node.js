const { NodeOperationError } = require('n8n-workflow');

/** Fails for the items that say so. */
exports.Picky = class {
	description = {
		displayName: 'Picky',
		name: 'picky',
		group: ['transform'],
		version: 1,
		description: 'Fails for some items',
		defaults: { name: 'Picky' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{ displayName: 'Required', name: 'required', type: 'string', default: 'set', required: true },
		],
	};

	async execute() {
		const output = this.getInputData().map(({ json, binary }, index) => {
			if (!json.fail) return { json, binary, pairedItem: { item: index } };
			const error = new NodeOperationError(this.getNode(), `Item ${index} fails`, {
				itemIndex: index,
			});
			if (!this.continueOnFail()) throw error;
			return { json: { error: error.message }, pairedItem: { item: index } };
		});
		return [output];
	}
};
