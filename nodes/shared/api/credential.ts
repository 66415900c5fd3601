import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';

export const CREDENTIAL = 'clarifaiApi';

export const HOSTED_API = 'https://api.clarifai.com';

export type ClarifaiContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** What the credential says, fit to be used. */
export interface Access {
	/** Without `/v2` and without a slash at the end. */
	baseUrl: string;
	token: string;
	/** The platform's certificate need not be one that n8n trusts. */
	ignoreSslIssues: boolean;
	/** The user and the app of the credential, unchecked: 'Options' may take their place. */
	home: { userId: unknown; appId: unknown };
}
