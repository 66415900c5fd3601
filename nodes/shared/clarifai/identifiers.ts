import { describeType } from './json';
import { InputProblem } from './problems';

/** The user and the app that own a resource; both are part of every resource's URL. */
export interface AppScope {
	userId: string;
	appId: string;
}

/**
 * Characters that can stand in one URL path segment without changing its meaning.
 * Clarifai's SDK is stricter (`^[0-9A-Za-z]+([-_][0-9A-Za-z]+)*$`, 48 characters at most), but the
 * server's own rule is not documented, so a valid ID must not be refused here.
 */
const SAFE_ID = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;

/**
 * An ID as it may be put into a request.
 * @param parameter display name of the parameter it came from, for the message
 * @throws InputProblem when it is empty, not a text, or could leave its place in the URL
 */
export function checkId(value: unknown, parameter: string): string {
	if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) {
		throw new InputProblem(
			`'${parameter}' is empty`,
			`Enter an ID. If '${parameter}' is an expression, check that the item before this node has the field that it reads.`,
		);
	}
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw new InputProblem(
			`'${parameter}' must be a text, not ${describeType(value)}`,
			'If it is an expression, let it give the ID alone, for example {{ $json.modelId }}.',
		);
	}
	const id = String(value).trim();
	if (['undefined', 'null', '[object Object]'].includes(id) || Number.isNaN(value)) {
		throw new InputProblem(
			`'${parameter}' is "${id}"`,
			'The expression gave no ID. Check the name of the field that it reads.',
		);
	}
	if (!SAFE_ID.test(id) || id.includes('..')) {
		throw new InputProblem(
			`'${parameter}' is not a valid ID: "${shorten(id)}"`,
			'Clarifai IDs are letters and digits, joined by "-" or "_". They have no spaces, slashes or other signs.',
		);
	}
	return id;
}

/** Like {@link checkId}, but an absent value stays absent. */
export function checkOptionalId(value: unknown, parameter: string): string | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	return checkId(value, parameter);
}

/** IDs given as a list or as one comma-separated text, without repeats. */
export function checkIdList(value: unknown, parameter: string): string[] {
	if (value === undefined || value === null || value === '') return [];
	const parts: unknown[] = Array.isArray(value)
		? value
		: String(value)
				.split(',')
				.filter((part) => part.trim() !== '');
	if (typeof value === 'object' && !Array.isArray(value)) {
		throw new InputProblem(
			`'${parameter}' must be a list of IDs, not an object`,
			'Give a list such as ["ferrari", "outdoors"], or a text such as "ferrari, outdoors".',
		);
	}
	const ids = parts.map((part) => {
		const id = typeof part === 'string' || typeof part === 'number' ? String(part).trim() : '';
		if (id === '' || id === 'undefined' || id === 'null') {
			throw new InputProblem(
				`'${parameter}' has an empty entry`,
				'Give a list such as ["ferrari", "outdoors"], or a text such as "ferrari, outdoors".',
			);
		}
		return id;
	});
	return [...new Set(ids)];
}

export type PortalResource = 'models' | 'workflows';

/**
 * The owner and the ID in a link copied from Clarifai's portal, such as
 * `https://clarifai.com/clarifai/main/models/general-image-recognition`.
 */
export function parsePortalUrl(
	url: string,
	resource: PortalResource,
): (AppScope & { id: string }) | undefined {
	const match = portalUrlPattern(resource).exec(url.trim());
	return match ? { userId: match[1], appId: match[2], id: match[3] } : undefined;
}

const SEGMENT = '[A-Za-z0-9_~-][A-Za-z0-9._~-]*';

function portalUrlPattern(resource: PortalResource): RegExp {
	return new RegExp(
		`^https?://(?:[a-z0-9-]+\\.)*clarifai\\.com/(${SEGMENT})/(${SEGMENT})/${resource}/(${SEGMENT})(?:[/?#].*)?$`,
	);
}

/** The same pattern with the ID as its only group, as n8n's resource locators want it. */
export function portalUrlIdPattern(resource: PortalResource): string {
	return `^https?://(?:[a-z0-9-]+\\.)*clarifai\\.com/${SEGMENT}/${SEGMENT}/${resource}/(${SEGMENT})(?:[/?#].*)?$`;
}

function shorten(text: string): string {
	// eslint's no-control-regex forbids the range in a literal; \p{Cc} is the same set.
	const printable = text.replace(/\p{Cc}/gu, ' ');
	return printable.length > 60 ? `${printable.slice(0, 60)}…` : printable;
}
