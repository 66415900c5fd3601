import { Random } from '../tools/emulator/random.mts';
import { InProcessHttp } from '../tools/engine/inProcessHttp.mts';
import { repositoryRoot } from '../tools/engine/package.mts';
import { VirtualTime } from '../tools/engine/virtualTime.mts';
import { nativeMath } from '../tools/native.mts';

/** What the nodes and the emulators of a test live in. */
interface World {
	time: VirtualTime;
	http: InProcessHttp;
	end(): void;
}

let world: World | undefined;

afterAll(() => endWorld());

/** The world of this time; without one a new world, which ends the one before. */
export function joinWorld(time: VirtualTime | undefined, seed = 1): World {
	if (!world || world.time !== time) {
		endWorld();
		world = beginWorld(time ?? new VirtualTime(), seed);
	}
	return world;
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
	const { random } = nativeMath;
	const seeded = new Random(seed);
	nativeMath.random = () => seeded.next();
	return () => void (nativeMath.random = random);
}
