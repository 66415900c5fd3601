import { CREDENTIAL, HOSTED_API, type Access, type ClarifaiContext } from '../api/credential';
import { InputProblem } from './problems';

/** @throws InputProblem when the token or the base URL cannot be used */
export async function readCredential(context: ClarifaiContext): Promise<Access> {
	const { accessToken, userId, appId, baseUrl, ignoreSslIssues } =
		await context.getCredentials(CREDENTIAL);
	return {
		baseUrl: checkBaseUrl(baseUrl),
		token: checkToken(accessToken),
		ignoreSslIssues: ignoreSslIssues === true,
		home: { userId: ofLink(userId, 1), appId: ofLink(appId, 2) },
	};
}

/** The user or the app of a link to the app in Clarifai's portal; else the value as it is. */
function ofLink(value: unknown, part: 1 | 2): unknown {
	if (typeof value !== 'string') return value;
	return /clarifai\.com\/([^/?#]+)\/([^/?#]+)/.exec(value)?.[part] ?? value;
}

/** What an HTTP header cannot carry would fail on the way, with words that help nobody. */
function checkToken(value: unknown): string {
	const token = typeof value === 'string' ? value.trim() : '';
	if (token === '') {
		throw new InputProblem(
			"'Access Token' in the Clarifai credential is empty",
			'Copy it from Settings > Secrets in Clarifai.',
		);
	}
	if (!/^[\x21-\x7e]+$/.test(token)) {
		throw new InputProblem(
			"'Access Token' in the Clarifai credential has spaces or other signs that no token has",
			'Copy it again from Settings > Secrets in Clarifai.',
		);
	}
	return token;
}

/** Empty means the hosted platform, and an address without a scheme means https. */
function checkBaseUrl(value: unknown): string {
	const entered = typeof value === 'string' ? value.trim() : '';
	const text =
		entered === '' || entered.includes('://') ? entered || HOSTED_API : `https://${entered}`;
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !/^https?:$/.test(url.protocol)) {
		throw new InputProblem(
			"'Base URL' in the Clarifai credential is not a web address",
			`It starts with https:// or http://, for example ${HOSTED_API}.`,
		);
	}
	if (url.username || url.password || url.search || url.hash) {
		throw new InputProblem(
			"'Base URL' in the Clarifai credential has a user name, a query or a fragment",
			`Enter the address alone, for example ${HOSTED_API}.`,
		);
	}
	if (/^(www\.)?clarifai\.com$/.test(url.hostname)) {
		throw new InputProblem(
			"'Base URL' in the Clarifai credential is the address of Clarifai's portal, not of its API",
			`Use ${HOSTED_API}.`,
		);
	}
	return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/v2$/, '');
}
