import type { IHttpRequestMethods } from 'n8n-workflow';
import type { AppScope } from '../clarifai/identifiers';
import type { JsonObject } from '../clarifai/json';
import { InputProblem } from '../clarifai/problems';

/** Where a call goes: path segments after `/v2`, each encoded on the way out. */
export type Path = readonly string[];

/** One call of Clarifai's REST API. */
export interface Call {
	method: IHttpRequestMethods;
	path: Path;
	query?: Record<string, string | number | boolean>;
	body?: JsonObject;
	/** The endpoint takes personal access tokens only. */
	patOnly?: boolean;
	/** A write that has the same effect when it is carried out twice. */
	repeatable?: boolean;
	/** Fewer tries than usual, for a caller that comes back by itself. */
	maxTries?: number;
}

/** The path of something that belongs to an app. */
export function inApp(scope: AppScope, ...segments: string[]): Path {
	return ['users', scope.userId, 'apps', scope.appId, ...segments];
}

/** "GET /v2/users/me/apps/mine/models", for messages. */
export function callInWords({ method, path }: Call): string {
	return `${method} ${urlPath(path)}`;
}

/** @throws InputProblem when a segment could lead somewhere else */
export function urlPath(path: Path): string {
	const encoded = path.map((segment) => {
		const unsafe = segment === '' || segment === '.' || segment === '..';
		if (unsafe) throw new InputProblem(`"${segment}" cannot be part of a URL`, 'Enter a valid ID.');
		return encodeURIComponent(segment);
	});
	return `/v2/${encoded.join('/')}`;
}
