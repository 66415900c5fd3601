import type { IHttpRequestMethods } from 'n8n-workflow';
import type { AppScope } from '../clarifai/identifiers';
import type { JsonObject } from '../clarifai/json';
import type { FileBody } from './fileBody';

/** Where a call goes: path segments after `/v2`, each encoded on the way out. */
export type Path = readonly string[];

export type QueryValue = string | number | boolean | readonly string[];

/** One call of Clarifai's REST API. */
export interface Call {
	method: IHttpRequestMethods;
	path: Path;
	query?: Record<string, QueryValue>;
	body?: JsonObject | FileBody;
	/** The endpoint takes personal access tokens only (`cl_auth_type: PATAuth`). */
	patOnly?: boolean;
	/** A write that has the same effect when it is carried out twice. */
	repeatable?: boolean;
	/** The caller itself waits for a model that is not ready yet, for longer than other calls are repeated. */
	waitsForModel?: boolean;
	/** Fewer tries than usual, for a caller that comes back by itself. */
	maxTries?: number;
	/**
	 * The key of the answer's list whose entries carry a status of their own: an answer with that list is
	 * read entry by entry, whatever the status of the whole.
	 */
	entries?: string;
}

/**
 * A call that any part of a node may send: it reads, or has the same effect when it is carried out twice.
 * Every other one goes through `Writer.write`.
 */
export type SafeCall = Call & ({ method: 'GET' } | { repeatable: true });

/** The path of something that belongs to an app. */
export function inApp(scope: AppScope, ...segments: string[]): Path {
	return ['users', scope.userId, 'apps', scope.appId, ...segments];
}

/** "GET /v2/users/me/apps/mine/models", for messages. */
export function callInWords({ method, path }: Pick<Call, 'method' | 'path'>): string {
	return `${method} /v2/${path.map(encodeURIComponent).join('/')}`;
}

/** @throws Error when a segment could lead somewhere else */
export function urlPath(path: Path): string {
	const encoded = path.map((segment) => {
		const unsafe = segment === '' || segment === '.' || segment === '..';
		if (unsafe) throw new Error(`"${segment}" cannot be part of a URL`);
		return encodeURIComponent(segment);
	});
	return `/v2/${encoded.join('/')}`;
}
