import createRouter from 'find-my-way';
import { once } from '../native.mts';
import { decodeJson, decodeText, InvalidJson } from './decodeJson.mts';
import type { Message } from './message.mts';
import { setValueAt } from './paths.mts';
import { loadProtos } from './protos.mts';
import type { Binding, HttpMethod, Protos, Rpc } from './protos.mts';
import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';

export interface Route {
	rpc: Rpc;
	binding: Binding;
	/** Path parameters by their field path, such as `user_app_id.user_id`. */
	params: Record<string, string>;
}

export interface Routes {
	find(method: string, path: string): Route | undefined;
	/** Whether another method has this path. */
	knowsPath(path: string): boolean;
}

const METHODS: HttpMethod[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

/** The routes of all calls; they hold no state, so emulators of one process share them. */
export const loadRoutes = (): Routes => once('routes', () => createRoutes(loadProtos()));

function createRoutes(protos: Protos): Routes {
	// Clarifai's own curl examples end some paths with a slash.
	const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: 1000 });
	for (const rpc of protos.rpcs) {
		for (const binding of rpc.bindings) addRoute(router, rpc, binding);
	}
	const find = (method: string, path: string) => {
		const found = router.find(method as HttpMethod, path);
		if (!found) return undefined;
		const { rpc, binding, names } = found.store as { rpc: Rpc; binding: Binding; names: string[] };
		const params = names.map((name, index) => [name, found.params[`p${index}`] ?? '']);
		return { rpc, binding, params: Object.fromEntries(params) as Record<string, string> };
	};
	return {
		find,
		knowsPath: (path) => METHODS.some((method) => find(method, path) !== undefined),
	};
}

/** Field paths have dots, which route parameters cannot have, so these are numbered. */
function addRoute(router: ReturnType<typeof createRouter>, rpc: Rpc, binding: Binding) {
	const names: string[] = [];
	const path = binding.path.replace(/\{([^}]+)\}/g, (_match, name: string) => {
		names.push(name);
		return `:p${names.length - 1}`;
	});
	// A few calls of the protos share a path; like a gateway, the first one gets it.
	if (router.hasRoute(binding.method, path)) return;
	router.on(binding.method, path, () => {}, { rpc, binding, names });
}

/** The request message from the body, the query and the path, each checked against the proto. */
export function readRequest(route: Route, query: URLSearchParams, body: unknown): Message {
	const { rpc, binding, params } = route;
	// An empty object says nothing, and some clients send one with every DELETE.
	if (!binding.hasBody && body !== undefined && JSON.stringify(body) !== '{}') {
		throw new InvalidJson(`${binding.method} ${rpc.name} takes no body`);
	}
	const request = decodeJson(rpc.request, body ?? {});
	const taken = new Set(Object.keys(params));
	for (const name of new Set(query.keys())) {
		if (binding.hasBody) throw unknownParameter(name, rpc);
		// Clarifai's own JSON channel repeats the fields of the path in the query; the path counts.
		if (taken.has(name)) continue;
		readParameter(request, rpc, name, query.getAll(name));
	}
	for (const [name, value] of Object.entries(params)) readParameter(request, rpc, name, [value]);
	return request;
}

function readParameter(request: Message, rpc: Rpc, name: string, values: string[]) {
	const field = findField(rpc.request, name.split('.'));
	if (!field) throw unknownParameter(name, rpc);
	if (!field.repeated && values.length > 1) throw new InvalidJson(`${name}: given more than once`);
	const decoded = values.map((value) => decodeText(field, value, name));
	setValueAt(request, name, field.repeated ? decoded : decoded[0]);
}

function findField(type: Type, path: string[]): Field | undefined {
	const [name, ...rest] = path;
	const field = Object.hasOwn(type.fields, name!) ? type.fields[name!] : undefined;
	if (rest.length === 0) return field;
	return field?.resolvedType instanceof protobuf.Type
		? findField(field.resolvedType, rest)
		: undefined;
}

function unknownParameter(name: string, rpc: Rpc) {
	return new InvalidJson(`unknown query parameter '${name}' of ${rpc.name}`);
}
