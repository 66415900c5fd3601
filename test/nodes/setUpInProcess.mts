import { startEmulator } from '../tools/emulator/emulator.mts';
import { Random } from '../tools/emulator/random.mts';
import { InProcessHttp } from '../tools/engine/inProcessHttp.mts';
import { repositoryRoot } from '../tools/engine/package.mts';
import { VirtualTime } from '../tools/engine/virtualTime.mts';
import { connectTo, type SetUp, type SetUpOptions } from './setup.mts';

export interface InProcessOptions extends Omit<SetUpOptions, 'port' | 'listen'> {
	/** The time of a set-up of the same test that goes on beside this one; default a new one. */
	time?: VirtualTime;
}

export interface InProcessSetUp extends SetUp {
	/** The time of the nodes and of the emulator. It passes when everybody waits for it. */
	time: VirtualTime;
}

interface World {
	time: VirtualTime;
	http: InProcessHttp;
	end(): void;
}

let world: World | undefined;

afterAll(() => endWorld());

/**
 * As `setUp`, but without sockets, real time and chance: the nodes and the emulator share a virtual time,
 * and the nodes' requests are handed over. A set-up ends the one before it, unless it shares its time.
 */
export async function setUpInProcess(options: InProcessOptions = {}): Promise<InProcessSetUp> {
	const { credential, time, ...emulatorOptions } = options;
	if (!world || world.time !== time) {
		endWorld();
		world = beginWorld(time ?? new VirtualTime(), options.seed ?? 1);
	}
	const { time: current, http } = world;
	const emulator = await startEmulator({ ...emulatorOptions, listen: false, time: current });
	http.serve(emulator.url, emulator.handle);
	return { ...(await connectTo(emulator, credential)), time: current };
}

function beginWorld(time: VirtualTime, seed: number): World {
	const http = new InProcessHttp(time);
	const undo = [time.install(repositoryRoot), http.install(), seedChance(seed), () => time.end()];
	return { time, http, end: () => undo.forEach((each) => each()) };
}

function endWorld() {
	world?.end();
	world = undefined;
}

/** The nodes' pauses have jitter. */
function seedChance(seed: number): () => void {
	const { random } = Math;
	const seeded = new Random(seed);
	Math.random = () => seeded.next();
	return () => void (Math.random = random);
}
