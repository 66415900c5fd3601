exports.FixtureApi = class {
	name = 'fixtureApi';
	displayName = 'Fixture API';
	properties = [
		{ displayName: 'Token', name: 'token', type: 'string', default: '' },
		{ displayName: 'Scheme', name: 'scheme', type: 'string', default: 'Key' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
	];
	authenticate = {
		type: 'generic',
		properties: {
			headers: { Authorization: '={{$credentials.scheme}} {{$credentials.token}}' },
		},
	};
	test = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/whoami' },
		rules: [
			{
				type: 'responseSuccessBody',
				properties: { key: 'user.blocked', value: true, message: 'This user is blocked' },
			},
			{ type: 'responseCode', properties: { value: 404, message: 'There is no such user' } },
		],
	};
};
