/** Parks the execution. */
exports.Pause = class {
	description = {
		displayName: 'Pause',
		name: 'pause',
		group: ['transform'],
		version: 1,
		description: 'Waits',
		defaults: { name: 'Pause' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};

	async execute() {
		this.customData.set('paused', 'yes');
		const state = this.getWorkflowStaticData('global');
		state.pauses = (state.pauses ?? 0) + 1;
		await this.putExecutionToWait(new Date(Date.now() + 1000));
		return [[{ json: { lost: true } }]];
	}
};
