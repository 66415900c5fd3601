import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** The expression for a part of a portal link, or for the field as it is. */
const ofLink = (field: string, part: 1 | 2) =>
	`($credentials.${field}.trim().match(/clarifai\\.com\\/([^\\/?#]+)\\/([^\\/?#]+)/) || [])[${part}] || $credentials.${field}.trim()`;

export class ClarifaiApi implements ICredentialType {
	name = 'clarifaiApi';

	displayName = 'Clarifai API';

	icon: Icon = {
		light: 'file:../nodes/shared/icons/clarifai.svg',
		dark: 'file:../nodes/shared/icons/clarifai.dark.svg',
	};

	documentationUrl = 'https://github.com/n8n-nodes-clarifai/n8n-nodes-clarifai#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Personal Access Token from Settings > Secrets in Clarifai. An app API key works too, except for Clarifai Update Default Workflow and pipeline templates.',
		},
		{
			displayName: 'User ID',
			name: 'userId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. my-user',
			description:
				'The user or organization that owns the app, as in clarifai.com/USER/APP. A link to the app, copied from the portal, will do as well.',
		},
		{
			displayName: 'App ID',
			name: 'appId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. my-app',
			description:
				'The app that holds the models and workflows, as in clarifai.com/USER/APP. A link to the app, copied from the portal, will do as well.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.clarifai.com',
			placeholder: 'e.g. https://api.clarifai.com',
			description: 'Change it only for a self-hosted platform',
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'ignoreSslIssues',
			type: 'boolean',
			default: false,
			description:
				'Whether to connect to a self-hosted platform even if n8n does not trust its certificate',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Key {{$credentials.accessToken.trim()}}' } },
	};

	// Listing an app's models needs token, user and app to be right together, and app keys may do it.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{(($credentials.baseUrl || "").trim() || "https://api.clarifai.com").replace(/^(?!\\w+:)/, "https://").replace(/\\/+$/, "").replace(/\\/v2$/, "")}}',
			url: `=/v2/users/{{encodeURIComponent(${ofLink('userId', 1)})}}/apps/{{encodeURIComponent(${ofLink('appId', 2)})}}/models`,
			skipSslCertificateValidation: '={{$credentials.ignoreSslIssues}}',
			qs: { per_page: 1 },
			// A redirect would carry the token to wherever it points.
			disableFollowRedirect: true,
		},
		rules: [
			{
				// Any web page answers with 200; only Clarifai's answers have a status of their own.
				type: 'responseSuccessBody',
				properties: {
					key: 'status.code',
					value: undefined,
					message:
						"The server's answer is not Clarifai's. Check Base URL, and whether a proxy is in between.",
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 400,
					message: 'Clarifai cannot read the request. Is the access token empty or cut off?',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						"Clarifai does not accept the access token. Copy it again from Settings > Secrets in Clarifai; it must be allowed to use this user's app.",
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'The access token lacks the scopes Models:Get and Apps:Get, or may not use this app.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						'Clarifai finds no such app. Check User ID and App ID against clarifai.com/USER/APP.',
				},
			},
		] as ICredentialTestRequest['rules'],
	};
}
