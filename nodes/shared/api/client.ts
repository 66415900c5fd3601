import { objectsAt, textAt, type JsonObject } from '../clarifai/json';
import type { Buffers } from './buffers';
import type { Call, Path, SafeCall } from './call';
import { HOSTED_API, type Access, type ClarifaiContext } from './credential';
import { ClarifaiFailure } from './failures';
import { Transport, type RequestLimits } from './transport';

/** The reason of a run's signal that was not fired by a stop of the execution. */
export const NODE_HAS_FAILED = 'The node has failed with another item';

/** Clarifai's largest page; a server may give smaller ones. */
export const MAX_PAGE_SIZE = 1000;

type Traits = Pick<Call, 'patOnly' | 'maxTries'>;

/**
 * Clarifai as the nodes read it: calls, lists, and what a run remembers of them. One instance serves one
 * run of a node, so that all its items share the rate limit and the memory.
 */
export class ClarifaiClient {
	/** Fires when the run is over: the execution was stopped, or the node has failed. */
	readonly signal: AbortSignal | undefined;
	private readonly read = new Map<string, Promise<unknown>>();
	private readonly done = new Map<string, Promise<unknown>>();
	private ended: ClarifaiClient | undefined;

	private constructor(
		private readonly transport: Transport,
		private readonly access: Access,
	) {
		this.signal = transport.signal;
	}

	static of(
		context: ClarifaiContext,
		access: Access,
		limits: RequestLimits,
		signal?: AbortSignal,
	): ClarifaiClient {
		return new ClarifaiClient(Transport.authenticated(context, access, limits, signal), access);
	}

	/** For what the bodies of requests are made of. */
	get buffers(): Buffers {
		return this.transport.buffers;
	}

	get baseUrl(): string {
		return this.access.baseUrl;
	}

	/** Whether this is Clarifai's own platform, not a self-hosted one. */
	get isHosted(): boolean {
		return new URL(this.access.baseUrl).hostname === new URL(HOSTED_API).hostname;
	}

	/** Whether somebody stopped the execution, which is more than that the node has failed. */
	get wasStopped(): boolean {
		return this.signal?.aborted === true && this.signal.reason !== NODE_HAS_FAILED;
	}

	/** The one client for the little that is sent after the run is over; see `Transport.afterEnd`. */
	afterEnd(): ClarifaiClient {
		this.ended ??= new ClarifaiClient(this.transport.afterEnd(), this.access);
		return this.ended;
	}

	/** Milliseconds until nothing more is sent. */
	get timeLeftMs(): number {
		return this.transport.timeLeftMs;
	}

	/**
	 * Downloads a file that Clarifai keeps.
	 * @throws Error with the HTTP status or the reason
	 */
	async download(url: string): Promise<Buffer> {
		return await this.transport.download(url);
	}

	/** Carries out a call, repeating it where it fails; what went wrong is a result, too. */
	async attempt(call: SafeCall): Promise<JsonObject | ClarifaiFailure> {
		return await this.transport.attempt(call);
	}

	/** The same for a call that must not be carried out twice. For `Writer` alone. */
	async attemptWrite(call: Call): Promise<JsonObject | ClarifaiFailure> {
		return await this.transport.attempt(call);
	}

	/**
	 * Carries out a call, repeating it where it fails.
	 * @throws ClarifaiFailure
	 */
	async request(call: SafeCall): Promise<JsonObject> {
		const result = await this.attempt(call);
		if (result instanceof ClarifaiFailure) throw result;
		return result;
	}

	async get(path: Path, query?: Call['query'], traits: Traits = {}): Promise<JsonObject> {
		return await this.request({ method: 'GET', path, query, ...traits });
	}

	/** The same, undefined when Clarifai says that it does not exist. */
	async getIfAny(
		path: Path,
		query?: Call['query'],
		traits: Traits = {},
	): Promise<JsonObject | undefined> {
		const result = await this.attempt({ method: 'GET', path, query, ...traits });
		if (!(result instanceof ClarifaiFailure)) return result;
		if (result.isMissing()) return undefined;
		throw result;
	}

	/**
	 * All objects of a list, page by page, until a page brings nothing new: a server may cap its pages
	 * below what was asked for, or repeat one for ever.
	 * @param key where the answer holds the list, such as `models`
	 */
	async list(
		path: Path,
		key: string,
		query: Call['query'] = {},
		traits: Traits = {},
	): Promise<JsonObject[]> {
		const all = new Map<string, JsonObject>();
		for (let page = 1; ; page++) {
			const pageQuery = { ...query, page, per_page: MAX_PAGE_SIZE };
			const found = await this.page(path, key, pageQuery, traits);
			const before = all.size;
			for (const entry of found)
				all.set(textAt(entry, 'id') ?? textAt(entry, 'name') ?? `#${all.size}`, entry);
			if (all.size === before || isWhole(found.length, page)) return [...all.values()];
		}
	}

	/** One page of a list. */
	async page(
		path: Path,
		key: string,
		query: Call['query'],
		traits: Traits = {},
	): Promise<JsonObject[]> {
		return objectsAt(await this.get(path, query, traits), key);
	}

	/**
	 * What `load` reads at a path, once in a run of the node, not once per item. A failure belongs to the
	 * item that met it; the next item may try again.
	 */
	async cached<T>(path: Path, load: (path: Path) => Promise<T>): Promise<T> {
		return await shared(this.read, path.join('/'), async () => await load(path));
	}

	/**
	 * What `work` finds out or makes, once in a run of the node, by a name of the caller's own: more than
	 * what one path says. A failure belongs to the item that met it here, too.
	 */
	async onceInRun<T>(name: string, work: () => Promise<T>): Promise<T> {
		return await shared(this.done, name, work);
	}

	/** Replaces what `cached` remembers of a path, after a change. */
	remember(path: Path, value: unknown): void {
		this.read.set(path.join('/'), Promise.resolve(value));
	}

	/** Reads a path again the next time. */
	forget(path: Path): void {
		this.read.delete(path.join('/'));
	}
}

/** What the first caller's work gives; one that fails is forgotten. */
async function shared<T>(
	results: Map<string, Promise<unknown>>,
	key: string,
	work: () => Promise<T>,
): Promise<T> {
	let result = results.get(key) as Promise<T> | undefined;
	if (!result) {
		result = work();
		results.set(key, result);
		result.catch(() => results.delete(key));
	}
	return await result;
}

/** The smallest page that Clarifai is known to cut lists to; below it, a first page is all there is. */
const SMALLEST_FULL_PAGE = 20;

/** Whether a page is all there is, as far as its length tells. */
export function isWhole(length: number, page: number): boolean {
	return page === 1 && length < SMALLEST_FULL_PAGE;
}
