import type { IDataObject, INodeExecutionData, INodeParameters, NodeApiError } from 'n8n-workflow';
import {
	demoCredential,
	startEmulator,
	type Emulator,
	type EmulatorOptions,
	type RecordedRequest,
} from '../tools/emulator/emulator.mts';
import {
	chain,
	createEngine,
	type Engine,
	type NodeJson,
	type RunOptions,
	type RunResult,
} from '../tools/engine/engine.mts';
import type { VirtualTime } from '../tools/engine/virtualTime.mts';
import { joinWorld } from './inProcessWorld.mts';

export { DEMO, demoCredential } from '../tools/emulator/emulator.mts';

export interface SetUpOptions extends EmulatorOptions {
	/** What differs from the demo credential. */
	credential?: Partial<Record<'accessToken' | 'userId' | 'appId' | 'baseUrl', string>> & {
		ignoreSslIssues?: boolean;
	};
}

export interface InProcessOptions extends Omit<SetUpOptions, 'port' | 'listen'> {
	/** The time of a set-up of the same test that goes on beside this one; default a new one. */
	time?: VirtualTime;
	/** Another address that this emulator is reached at, such as that of the hosted platform. */
	alsoAt?: string;
}

export interface SetUp {
	engine: Engine;
	emulator: Emulator;
	/** Runs one node of this package over the items. */
	run(type: string, parameters?: INodeParameters, options?: RunNodeOptions): Promise<NodeRunResult>;
	/** An engine with another credential, on the same emulator. */
	withCredential(credential: SetUpOptions['credential']): Promise<SetUp>;
}

export interface InProcessSetUp extends SetUp {
	/** The time of the nodes and of the emulator. It passes when everybody waits for it. */
	time: VirtualTime;
}

export interface RunNodeOptions extends Omit<RunOptions, 'items'> {
	/** The JSON of the input items, or the items; one empty item by default. */
	items?: Array<IDataObject | INodeExecutionData>;
	settings?: Partial<NodeJson>;
}

export interface NodeRunResult {
	/** The items of the node's first output. */
	items: INodeExecutionData[];
	/** The JSON of those items. */
	json: IDataObject[];
	/** The items of any output; with `continueErrorOutput` the last one is the error branch. */
	outputs(index: number): INodeExecutionData[];
	/** The error that stopped the node. */
	error: NodeApiError | undefined;
	result: RunResult;
}

const running: Emulator[] = [];

afterAll(async () => {
	await Promise.all(running.splice(0).map(async (emulator) => await emulator.close()));
});

/**
 * An emulator and an engine with the demo credential for it, without sockets, real time and chance: the
 * nodes and the emulator share a virtual time, and the nodes' requests are handed over. A set-up ends the
 * one before it, unless it shares its time.
 */
export async function setUp(options: InProcessOptions = {}): Promise<InProcessSetUp> {
	const { credential, time, alsoAt, ...emulatorOptions } = options;
	const world = joinWorld(time, options.seed);
	const emulator = await startEmulator({ ...emulatorOptions, listen: false, time: world.time });
	world.http.serve(emulator.url, emulator.handle);
	if (alsoAt !== undefined) world.http.serve(alsoAt, emulator.handle);
	return { ...(await connectTo(emulator, credential)), time: world.time };
}

/** The same over real sockets and in real time, where those are what is tested; closed after the file's tests. */
export async function setUpOnSockets({
	credential,
	...options
}: SetUpOptions = {}): Promise<SetUp> {
	const emulator = await startEmulator(options);
	running.push(emulator);
	return await connectTo(emulator, credential);
}

/** An engine with the demo credential for an emulator that runs already. */
async function connectTo(
	emulator: Emulator,
	credential: SetUpOptions['credential'],
): Promise<SetUp> {
	const engine = await createEngine({
		credentials: {
			clarifaiApi: {
				...demoCredential(emulator.url),
				...credential,
			},
		},
	});
	return {
		engine,
		emulator,
		run: async (type, parameters, options) => await runNode(engine, type, parameters, options),
		withCredential: async (other) => await connectTo(emulator, other),
	};
}

async function runNode(
	engine: Engine,
	type: string,
	parameters: INodeParameters = {},
	{ items = [{}], settings, ...options }: RunNodeOptions = {},
): Promise<NodeRunResult> {
	const node = engine.node(type, parameters, settings);
	const result = await engine.run(chain(node), { ...options, items: items.map(asItem) });
	const outputs = (index: number) => result.outputs(node.name, index);
	return {
		items: outputs(0),
		json: outputs(0).map(({ json }) => json),
		outputs,
		error: result.error as NodeApiError | undefined,
		result,
	};
}

function asItem(item: IDataObject | INodeExecutionData): INodeExecutionData {
	return (
		typeof item.json === 'object' && item.json !== null ? item : { json: item }
	) as INodeExecutionData;
}

/** The requests as lines such as "POST PostModels", the oldest first. */
export const callsOf = ({ requests }: Emulator): string[] =>
	requests.map(({ method, rpc }) => `${method} ${rpc}`);

/** The bodies sent to one of Clarifai's calls. */
export const bodiesOf = ({ requests }: Emulator, rpc: string): unknown[] =>
	requests.filter((request) => request.rpc === rpc).map(({ body }: RecordedRequest) => body);

export const locate = (mode: 'list' | 'id' | 'url', value: string) => ({ __rl: true, mode, value });
