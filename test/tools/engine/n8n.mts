import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { nativeRequire } from '../native.mts';

nativeRequire('./engine/environment.cjs');

// n8n-core uses the CommonJS build of n8n-workflow. An import from an ES module would load a second
// copy of it, whose classes (NodeApiError, ...) are not those that the engine throws and checks.

export const n8nCore = nativeRequire('n8n-core') as typeof import('n8n-core');
export const n8nWorkflow = nativeRequire('n8n-workflow') as typeof import('n8n-workflow');

const requireFrom = (nativeRequire('node:module') as typeof import('node:module')).createRequire;
const loadAsCore = requireFrom(nativeRequire.resolve('n8n-core'));
const loadAsNetwork = requireFrom(loadAsCore.resolve('@n8n/backend-network'));
const loadAsCommon = requireFrom(loadAsCore.resolve('@n8n/backend-common'));

export const lodash = loadAsCore('lodash') as {
	get(source: IDataObject, path: string): unknown;
	set(target: IDataObject, path: string, value: unknown): void;
};

/** The format in which n8n stores executions in its database. */
export const flatted = loadAsCommon('flatted') as {
	parse(text: string): unknown;
	stringify(value: unknown): string;
};

/** The instance with which n8n's HTTP helper sends. */
export const axios = loadAsNetwork('axios') as {
	defaults: { adapter: unknown };
	getAdapter(name: string): (config: AxiosConfig) => Promise<unknown>;
};

export interface AxiosConfig {
	url?: string;
	baseURL?: string;
	/** Takes the place of Node's http and https. */
	transport?: object;
}

const { OutboundHttp } = loadAsCore('@n8n/backend-network') as { OutboundHttp: new () => Requests };
export const { Container } = loadAsCore('@n8n/di') as {
	Container: { get<T>(type: abstract new (...args: never[]) => T): T };
};

const { SsrfProtectionConfig } = loadAsNetwork('@n8n/config') as {
	SsrfProtectionConfig: new () => { enabled: boolean };
};

/** n8n's protection against requests to internal addresses, which servers turn on by their environment. */
export const ssrfProtection = Container.get(SsrfProtectionConfig);

export const { S3ByteStore } = loadAsCore(
	'@n8n/blob-storage',
) as typeof import('@n8n/blob-storage');

interface Requests {
	requests(): { request(options: IHttpRequestOptions): Promise<unknown> };
}

/** What `helpers.httpRequest` of every node comes to. */
export async function httpRequest(options: IHttpRequestOptions): Promise<unknown> {
	return await Container.get(OutboundHttp).requests().request(options);
}

const { Logger } = loadAsCommon('@n8n/backend-common') as { Logger: new () => unknown };

/** The one logger of n8n and its nodes. */
export const n8nLogger = <Type,>() => Container.get(Logger) as Type;
