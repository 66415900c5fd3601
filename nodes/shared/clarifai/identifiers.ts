/** The user and the app that own a resource; both are part of every resource's URL. */
export interface AppScope {
	userId: string;
	appId: string;
}

/** The alias of the user whom the token belongs to. */
export const ME = 'me';

/**
 * Characters that can stand in one URL path segment without changing its meaning.
 * Clarifai's SDK is stricter (`^[0-9A-Za-z]+([-_][0-9A-Za-z]+)*$`, 48 characters at most), but the
 * server's own rule is not documented, so a valid ID must not be refused here.
 */
const SAFE_ID = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;

export function isSafeId(id: string): boolean {
	return SAFE_ID.test(id) && !id.includes('..');
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
const PORTAL = '^https?://(?:[a-z0-9-]+\\.)*clarifai\\.com';

function portalUrlPattern(resource: PortalResource): RegExp {
	return new RegExp(`${PORTAL}/(${SEGMENT})/(${SEGMENT})/${resource}/(${SEGMENT})(?:[/?#].*)?$`);
}

/** The same pattern with the ID as its only group, as n8n's resource locators want it. */
export function portalUrlIdPattern(resource: PortalResource): string {
	return `${PORTAL}/${SEGMENT}/${SEGMENT}/${resource}/(${SEGMENT})(?:[/?#].*)?$`;
}

/** Where something of an app is shown in Clarifai's portal. */
export function portalUrl(scope: AppScope, ...segments: string[]): string {
	return ['https://clarifai.com', scope.userId, scope.appId, ...segments].join('/');
}
