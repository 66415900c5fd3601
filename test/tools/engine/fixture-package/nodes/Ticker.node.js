/** Emits its count, every second time it is polled. */
exports.Ticker = class {
	description = {
		displayName: 'Ticker',
		name: 'ticker',
		group: ['trigger'],
		version: 1,
		description: 'Counts',
		defaults: { name: 'Ticker' },
		polling: true,
		inputs: [],
		outputs: ['main'],
		properties: [{ displayName: 'Label', name: 'label', type: 'string', default: 'tick' }],
	};

	async poll() {
		const label = this.getNodeParameter('label');
		if (this.getMode() === 'manual') return [[{ json: { [label]: 'sample' } }]];
		const state = this.getWorkflowStaticData('node');
		state.count = (state.count ?? 0) + 1;
		return state.count % 2 === 0 ? [[{ json: { [label]: state.count } }]] : null;
	}
};
