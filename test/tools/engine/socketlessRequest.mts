import { STATUS_CODES } from 'node:http';
import type { ClientRequestArgs, IncomingHttpHeaders } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { setImmediate } from 'node:timers';
import type { Answer } from '../emulator/answers.mts';
import type { HandleRequest, PlainRequest } from '../emulator/requestHandler.mts';
import type { VirtualTime } from './virtualTime.mts';

/**
 * What Node's http.request gives, for a server in this process: the parts that axios uses, with the
 * events and errors of a real connection.
 */
export class SocketlessRequest extends Writable {
	readonly #handle: HandleRequest;
	readonly #time: VirtualTime;
	readonly #head: Omit<PlainRequest, 'body'>;
	readonly #chunks: Buffer[] = [];
	readonly #release: () => void;
	#cancelTimeout = () => {};

	constructor(options: ClientRequestArgs, handle: HandleRequest, time: VirtualTime) {
		// As a ClientRequest, it lives until its answer has been read.
		super({ autoDestroy: false });
		this.#handle = handle;
		this.#time = time;
		this.#head = {
			method: options.method ?? 'GET',
			url: options.path ?? '/',
			headers: sentHeaders(options),
		};
		this.#release = time.hold();
	}

	setTimeout(ms: number, onTimeout: () => void): this {
		this.#cancelTimeout();
		if (ms > 0) this.#cancelTimeout = this.#time.wakeAfter(ms, onTimeout);
		return this;
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void) {
		this.#chunks.push(chunk);
		done();
	}

	override _final(done: () => void) {
		done();
		// A turn of its own, as for what comes through a socket.
		setImmediate(() => void this.#send());
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void) {
		this.#cancelTimeout();
		this.#release();
		done(error);
	}

	async #send() {
		if (this.destroyed) return;
		const pending = this.#handle({ ...this.#head, body: this.#chunks });
		// What the server waits for is time.
		this.#release();
		const outcome = await pending;
		if (this.destroyed || outcome === 'hang') return;
		if (outcome === 'reset') {
			this.destroy(connectionReset('socket hang up'));
			return;
		}
		const response = new SocketlessResponse(outcome, this.#time);
		response.once('close', () => this.destroy());
		this.emit('response', response);
	}
}

/** What Node's IncomingMessage is to a client. */
class SocketlessResponse extends Readable {
	readonly httpVersion = '1.1';
	readonly statusCode: number;
	readonly statusMessage: string;
	readonly headers: IncomingHttpHeaders;

	constructor(answer: Answer, time: VirtualTime) {
		super({ read() {} });
		this.statusCode = answer.status;
		this.statusMessage = STATUS_CODES[answer.status] ?? 'unknown';
		this.headers = {
			date: new Date(time.date()).toUTCString(),
			connection: 'close',
			'content-length': String(Buffer.byteLength(answer.body)),
			...answer.headers,
		};
		if (answer.body.length > 0) this.push(answer.body);
		if (!answer.breakOff) {
			this.push(null);
			return;
		}
		const release = time.hold();
		setImmediate(() => {
			release();
			this.emit('aborted');
			this.destroy(connectionReset('aborted'));
		});
	}
}

function sentHeaders({ headers, hostname, port }: ClientRequestArgs): IncomingHttpHeaders {
	const host = port ? `${hostname}:${port}` : String(hostname);
	const given = Object.entries(headers ?? {}).map(([name, value]) => [
		name.toLowerCase(),
		String(value),
	]);
	return { host, connection: 'close', ...Object.fromEntries(given) };
}

function connectionReset(message: string) {
	return Object.assign(new Error(message), { code: 'ECONNRESET' });
}
