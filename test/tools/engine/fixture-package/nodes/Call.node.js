async function get(context, path) {
	const { baseUrl } = await context.getCredentials('fixtureApi');
	return await context.helpers.httpRequestWithAuthentication.call(context, 'fixtureApi', {
		method: 'GET',
		url: `${baseUrl}${path}`,
		json: true,
	});
}

/** Makes one authenticated request per item. */
exports.Call = class {
	description = {
		displayName: 'Call',
		name: 'call',
		group: ['transform'],
		version: 1,
		description: 'Gets a path',
		defaults: { name: 'Call' },
		inputs: ['main'],
		outputs: ['main'],
		usableAsTool: true,
		credentials: [{ name: 'fixtureApi', required: true }],
		properties: [
			{ displayName: 'Path', name: 'path', type: 'string', default: '/items/{{ $json.id }}' },
			{
				displayName: 'Thing',
				name: 'thing',
				type: 'resourceLocator',
				default: { mode: 'list', value: '' },
				modes: [{ displayName: 'By ID', name: 'id', type: 'string' }],
			},
		],
	};

	methods = {
		listSearch: {
			async searchThings(filter, paginationToken) {
				const owner = this.getCurrentNodeParameter('thing', { extractValue: true });
				const path = `/things?owner=${owner}&filter=${filter}&page=${paginationToken ?? 1}`;
				const { names, next } = await get(this, path);
				return { results: names.map((name) => ({ name, value: name })), paginationToken: next };
			},
		},
		loadOptions: {
			async getThings() {
				const { names } = await get(this, '/things');
				return names.map((name) => ({ name, value: name }));
			},
		},
		resourceMapping: {
			async getFields() {
				const thing = this.getCurrentNodeParameter('thing', { extractValue: true });
				return {
					fields: [
						{
							id: thing,
							displayName: thing,
							required: true,
							display: true,
							defaultMatch: false,
							type: 'number',
						},
					],
				};
			},
		},
	};

	async execute() {
		const output = [];
		for (let index = 0; index < this.getInputData().length; index++) {
			const json = await get(this, this.getNodeParameter('path', index));
			this.customData.set('lastCall', String(index));
			this.sendMessageToUI(`called ${index}`);
			output.push({ json, pairedItem: { item: index } });
		}
		this.addExecutionHints({ message: `${output.length} calls` });
		return [output];
	}
};
