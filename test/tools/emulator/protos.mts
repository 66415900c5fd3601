import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import type { Method, Root, Type } from 'protobufjs';
import { once } from '../native.mts';
import { addNewerFields } from './newerFields.mts';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** One HTTP route of a call, as the `google.api.http` option declares it. */
export interface Binding {
	method: HttpMethod;
	path: string;
	hasBody: boolean;
}

export interface Rpc {
	name: string;
	endpoint: string;
	bindings: Binding[];
	authType: 'NoAuth' | 'KeyAuth' | 'PATAuth' | 'SessionTokenAuth' | 'AdminAuth';
	scopes: string[];
	request: Type;
	response: Type;
}

export interface Protos {
	root: Root;
	rpcs: Rpc[];
	type(name: string): Type;
	/** Status codes by name, such as MODEL_TRAINED: 21100. */
	statusCodes: Record<string, number>;
}

/** The option that marks fields which answers have even when they are empty. */
export const SHOW_IF_EMPTY = '(clarifai.api.utils.cl_show_if_empty)';

const HTTP_METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

export function loadProtos(): Protos {
	return once('protos', readProtos);
}

function readProtos(): Protos {
	const root = new protobuf.Root();
	root.resolvePath = protoFilePath();
	root.loadSync(['proto/clarifai/api/service.proto', 'emulator/pipeline_templates.proto'], {
		keepCase: true,
	});
	root.resolveAll();
	addNewerFields(root);
	addOlderFields(root);
	showWhenEmpty(root);
	addNewerStatusCodes(root);
	const services = ['clarifai.api.V2', 'clarifai.api.PipelineTemplates'];
	return {
		root,
		rpcs: services.flatMap((name) => root.lookupService(name).methodsArray.map(readRpc)),
		type: (name) => root.lookupType(name.includes('.') ? name : `clarifai.api.${name}`),
		statusCodes: root.lookupEnum('clarifai.api.status.StatusCode').values,
	};
}

function protoFilePath() {
	const require = createRequire(import.meta.url);
	const clarifai = dirname(dirname(require.resolve('clarifai-nodejs-grpc')));
	const google = dirname(require.resolve('protobufjs/package.json'));
	const own = fileURLToPath(new URL('./proto', import.meta.url));
	return (_origin: string, target: string) => {
		if (target.startsWith('google/')) return join(google, target);
		if (target.startsWith('emulator/')) return join(own, target.slice('emulator/'.length));
		return join(clarifai, target);
	};
}

/** Fields that published examples and older clients send, and that the protos have given up. */
function addOlderFields(root: Root) {
	const add = (typeName: string, name: string, type: string) => {
		const field = new protobuf.Field(name, 2001, type);
		root.lookupType(`clarifai.api.${typeName}`).add(field);
		field.resolve();
	};
	add('OutputConfig', 'closed_environment', 'bool');
	add('Model', 'train_info', 'clarifai.api.TrainInfo');
}

/** Lists that captured models have although they are empty; the protos do not mark them. */
function showWhenEmpty(root: Root) {
	const model = root.lookupType('clarifai.api.Model');
	for (const name of ['toolkits', 'use_cases', 'languages', 'languages_full', 'check_consents']) {
		model.fields[name]!.setOption(SHOW_IF_EMPTY, true);
	}
}

/** Runs can be paused since API 12.x. */
function addNewerStatusCodes(root: Root) {
	root.lookupEnum('clarifai.api.status.StatusCode').add('JOB_PAUSED', 64008);
}

function readRpc(method: Method): Rpc {
	const options = (method.parsedOptions ?? []) as unknown as Array<Record<string, unknown>>;
	const option = (name: string) =>
		options.filter((entry) => name in entry).map((entry) => entry[name]);
	return {
		name: method.name,
		endpoint: `/clarifai.api.V2/${method.name}`,
		bindings: option('(google.api.http)').flatMap((rule) => readBindings(rule as HttpRule)),
		authType: (option('(clarifai.auth.util.cl_auth_type)')[0] ?? 'KeyAuth') as Rpc['authType'],
		scopes: option('(clarifai.auth.util.cl_depending_scopes)') as string[],
		request: method.resolvedRequestType!,
		response: method.resolvedResponseType!,
	};
}

type HttpRule = Partial<Record<(typeof HTTP_METHODS)[number] | 'body', string>> & {
	additional_bindings?: HttpRule | HttpRule[];
};

function readBindings(rule: HttpRule): Binding[] {
	const additional = rule.additional_bindings ?? [];
	const rules = [rule, ...(Array.isArray(additional) ? additional : [additional])];
	return rules.flatMap((one) =>
		HTTP_METHODS.filter((method) => one[method]).map((method) => ({
			method: method.toUpperCase() as HttpMethod,
			path: one[method]!,
			hasBody: one.body !== undefined,
		})),
	);
}
