import type { ClientRequestArgs } from 'node:http';
import type { HandleRequest } from '../emulator/requestHandler.mts';
import { axios, type AxiosConfig } from './n8n.mts';
import { SocketlessRequest } from './socketlessRequest.mts';
import type { VirtualTime } from './virtualTime.mts';

/**
 * Takes the socket away from n8n's HTTP helper. The helper, and axios under it, stay in use; only what
 * they write and read does not pass a network, and their time-outs run on the virtual time.
 */
export class InProcessHttp {
	readonly #servers = new Map<string, HandleRequest>();

	constructor(private readonly time: VirtualTime) {}

	/** Answers what is sent to a URL's host, until the returned function is called. */
	serve(url: string, handle: HandleRequest): () => void {
		const { origin } = new URL(url);
		this.#servers.set(origin, handle);
		return () => void this.#servers.delete(origin);
	}

	/** @returns what gives the helper its sockets back */
	install(): () => void {
		const { adapter } = axios.defaults;
		const sendHttp = axios.getAdapter('http');
		axios.defaults.adapter = async (config: AxiosConfig) => {
			const url = targetOf(config);
			const handle = this.#servers.get(url.origin);
			if (handle) return await sendHttp({ ...config, transport: this.#transportTo(handle) });
			if (url.hostname.endsWith('.test')) {
				throw new Error(`${url.origin} is not served in this virtual time`);
			}
			// To some other server, through a socket: that takes real time.
			const release = this.time.hold();
			return await sendHttp(config).finally(release);
		};
		return () => void (axios.defaults.adapter = adapter);
	}

	#transportTo(handle: HandleRequest) {
		return {
			request: (options: ClientRequestArgs, onResponse: (response: unknown) => void) =>
				new SocketlessRequest(options, handle, this.time).once('response', onResponse),
		};
	}
}

function targetOf({ url = '', baseURL }: AxiosConfig) {
	return new URL(url, baseURL);
}
