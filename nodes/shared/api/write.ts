import type { JsonObject } from '../clarifai/json';
import type { Call } from './call';
import type { ClarifaiClient } from './client';
import { ClarifaiFailure, type UnknownWrite } from './failures';
import {
	LOOK_PAUSES_AFTER_END_MS,
	LOOK_PAUSES_MS,
	LOOK_PAUSES_UNIQUE_MS,
	MAX_SENDS,
} from './retries';
import { time, wait } from './time';
import { cancelled } from './transport';

/** One change at Clarifai that must not be made twice. */
export interface Write<Made> {
	call: Call;
	/** Writes of one turn are carried out one after the other, in the order of the items. */
	turn: string;
	/** What the answer says was made; undefined when it does not say. */
	read(answer: JsonObject): Made | undefined;
	/** What tells it from everything of its kind; undefined when it is not shown. */
	idOf(made: Made): string | undefined;
	/**
	 * What there is of the kind now, among which the made one would be. Asked before the write, so that
	 * afterwards the new one can be told from what was there, without a clock.
	 */
	look(client: ClarifaiClient): Promise<Made[]>;
	/** Whether nothing that is shown of it contradicts what was asked for. */
	isOurs(made: Made): boolean;
	/** Whether it shows everything that was asked for; absent where whatever is ours does. */
	showsAll?(made: Made): boolean;
	/** What there is of the kind, where the caller has just looked. */
	there?: Made[];
	/** It changes something instead of making something: only what is there right before it counts. */
	isChange?: boolean;
	/** Its ID is ours to choose, and Clarifai refuses a second one: sending again cannot make two. */
	isUnique?: boolean;
	/** What it does cannot be seen afterwards, so that it must never be sent again. */
	leavesNoTrace?: boolean;
	/** For messages: what is made, such as `the training of model "cars"`. */
	what: string;
	/** For messages: where a person can look for it. */
	where: string;
}

/** What is remembered of one item's write, for a later try of the same run. */
export interface WriteMemory {
	/** When it was sent last without an answer that tells how it went; an ISO timestamp. */
	unclearSince?: string;
	/** The turn of what is unclear. */
	unclearTurn?: string;
	/** Of an unclear change: what was there right before it. */
	before?: string[];
	/** Of an unclear change: how many changes of its turn there had been, with it. */
	changes?: number;
}

/** What is remembered of all writes of a run, for a later try of the same run. */
export interface WritesMemory {
	/** By turn: the IDs that were there before this run wrote, and those that it has made since. */
	known: Record<string, string[]>;
	/** By turn: how many changes this run has made, or may have made. */
	changes: Record<string, number>;
	/** Turns that an earlier try of this run knew. */
	inherited: readonly string[];
	/**
	 * This is a retry by hand. There may be others of the same failed execution, of which nobody tells it,
	 * so what is new since may be theirs.
	 */
	mayHaveSiblings: boolean;
	/** What is remembered of each item. */
	items(): WriteMemory[];
}

/**
 * The one seam for writes: waits for the turn, looks before it writes, sends once, and after an answer
 * that was lost finds out what became of it before anything is sent again. What it cannot find out it
 * says, and sends nothing more.
 */
export class Writer {
	private readonly turns = new Map<string, Promise<unknown>>();

	constructor(
		private readonly client: ClarifaiClient,
		private readonly memory: WritesMemory,
	) {}

	/**
	 * Runs `work` after all earlier work of the same turn; nothing once the run is over.
	 * @throws ClarifaiFailure
	 */
	async inTurn<T>(turn: string, work: () => Promise<T>): Promise<T> {
		const before = this.turns.get(turn) ?? Promise.resolve();
		const result = before.then(work, async () => {
			// The failure may be the end of the run, which shows only once the runner has heard of it.
			await time.sleep(0);
			return await work();
		});
		this.turns.set(turn, result);
		try {
			return await result;
		} finally {
			if (this.turns.get(turn) === result) this.turns.delete(turn);
		}
	}

	/**
	 * Learns what there is of a kind before anything is written, so that also a second retry of an
	 * execution that failed before it got to this write knows what was there then.
	 * @returns whether what was there at the failure is known, or nothing is there
	 */
	async learn<Made>(write: Write<Made>): Promise<boolean> {
		const { known, inherited, mayHaveSiblings } = this.memory;
		await this.inTurn(write.turn, async () => {
			if (Object.hasOwn(known, write.turn)) return;
			known[write.turn] = idsOf(await write.look(this.client), write);
		});
		return !mayHaveSiblings || inherited.includes(write.turn) || known[write.turn].length === 0;
	}

	/**
	 * Carries out a write, in its turn.
	 * @param item what is remembered of it; kept up to date
	 * @throws ClarifaiFailure
	 */
	async write<Made>(write: Write<Made>, item: WriteMemory): Promise<Made> {
		return await this.inTurn(write.turn, async () => await this.writeNow(write, item));
	}

	/** The same for a caller that holds the turn already. */
	async writeNow<Made>(write: Write<Made>, item: WriteMemory): Promise<Made> {
		if (this.client.signal?.aborted) throw cancelled(write.call);
		const attempt = new Attempt(this.client, write, this.memory, item);
		return await attempt.run();
	}
}

/** One write on its way. */
class Attempt<Made> {
	/** The IDs that cannot be what this write makes. */
	private known = new Set<string>();

	constructor(
		private readonly client: ClarifaiClient,
		private readonly write: Write<Made>,
		private readonly memory: WritesMemory,
		private readonly item: WriteMemory,
	) {}

	async run(): Promise<Made> {
		const earlier = await this.learnWhatThereIs();
		return this.claim(earlier ?? (await this.send()));
	}

	/**
	 * Learns what is there before the write, and finds what an earlier try, or another retry of the same
	 * failed execution, has made.
	 */
	private async learnWhatThereIs(): Promise<Made | undefined> {
		const { turn, there, isChange } = this.write;
		const { known, inherited, mayHaveSiblings } = this.memory;
		const isKnown = Object.hasOwn(known, turn);
		if (isKnown) this.known = new Set(known[turn]);
		const isFromBefore = inherited.includes(turn) || there?.length === 0;
		const mayBeSiblings = mayHaveSiblings && isFromBefore && !isChange;
		if (this.item.unclearSince !== undefined) {
			return isChange ? await this.findChange() : await this.findOurs();
		}
		if (mayBeSiblings) return await this.findOurs();
		if (isChange || !isKnown) {
			this.remember(idsOf(there ?? (await this.write.look(this.client)), this.write));
			this.known = new Set(known[turn]);
		}
		return undefined;
	}

	/**
	 * Looks once. What it finds of others is not remembered: it may be what an item that comes later has
	 * left unclear.
	 */
	private async findOurs(): Promise<Made | undefined> {
		const isUnclear = this.item.unclearSince !== undefined;
		if (isUnclear && this.write.leavesNoTrace) throw this.unknown();
		const found = await this.lookNow(this.client);
		if (found instanceof ClarifaiFailure) throw isUnclear ? this.unknown(found) : found;
		return this.theOneOf(found.ours);
	}

	/**
	 * The same for a change, which shows only as long as nothing has changed it again. It may be sent again
	 * where all is as it was before it, and this run has changed nothing since.
	 */
	private async findChange(): Promise<Made | undefined> {
		const { turn, leavesNoTrace } = this.write;
		const { before = [], changes } = this.item;
		if (leavesNoTrace) throw this.unknown();
		const isLast = this.memory.changes[turn] === changes;
		// What a later change has left is that one's.
		this.known = new Set(isLast ? before : [...before, ...(this.memory.known[turn] ?? [])]);
		const found = await this.lookNow(this.client);
		if (found instanceof ClarifaiFailure) throw this.unknown(found);
		const ours = this.theOneOf(found.ours);
		if (ours !== undefined) return ours;
		if (!isLast || !isAmong(found.ids, before)) throw this.unknown();
		this.remember(before);
		this.known = new Set(before);
		return undefined;
	}

	/** @throws ClarifaiFailure when nobody can tell which it is, or whether it is another item's */
	private theOneOf(ours: Made[], lost?: JsonObject | ClarifaiFailure): Made | undefined {
		const [first] = ours;
		if (first === undefined) return undefined;
		const { turn, showsAll } = this.write;
		const mayBeOther = this.memory
			.items()
			.some((item) => item !== this.item && item.unclearTurn === turn);
		const isCertain = !mayBeOther || (showsAll?.(first) ?? true);
		if (ours.length > 1 || !isCertain) throw this.unknown(lost, ours);
		return first;
	}

	private async send(): Promise<Made> {
		for (let sends = 1; ; sends++) {
			const result = await this.client.attemptWrite(this.write.call);
			const made = this.madeBy(result);
			if (made !== undefined) return made;
			const isUnclear =
				!(result instanceof ClarifaiFailure) || result.kind === 'unclear' || result.facts.sent;
			if (isUnclear) this.markUnclear();
			// A refusal of a write that was sent again may be the echo of the first one.
			if (this.item.unclearSince === undefined) throw result;
			if (this.write.leavesNoTrace) throw this.unknown(result);
			const found = await this.lookAgainAndAgain(result);
			if (found !== undefined) return found;
			if (!isUnclear) {
				// Neither this one nor an earlier one was carried out.
				this.markClear();
				throw result;
			}
			if (sends >= MAX_SENDS || !(result instanceof ClarifaiFailure)) {
				throw this.unknown(result);
			}
		}
	}

	/** What an answer says was made, also when it says so beside a failure. */
	private madeBy(result: JsonObject | ClarifaiFailure): Made | undefined {
		const isFailure = result instanceof ClarifaiFailure;
		// An ID that was chosen here comes back for what was refused, too.
		if (isFailure && this.write.isUnique) return undefined;
		const answer = isFailure ? result.facts.partial : result;
		const made = answer && this.write.read(answer);
		return made !== undefined && this.write.idOf(made) !== undefined ? made : undefined;
	}

	/**
	 * Looks for what a lost answer was about until it would be shown for certain.
	 * @returns undefined when it was certainly not made
	 */
	private async lookAgainAndAgain(lost: JsonObject | ClarifaiFailure): Promise<Made | undefined> {
		let lastLook: ClarifaiFailure | undefined;
		for (const pause of this.write.isUnique ? LOOK_PAUSES_UNIQUE_MS : LOOK_PAUSES_MS) {
			if (!(await wait(pause, this.client.signal))) return await this.lookAfterEnd(lost);
			const found = await this.lookNow(this.client);
			if (found instanceof ClarifaiFailure) {
				lastLook = found;
				continue;
			}
			lastLook = undefined;
			const ours = this.theOneOf(found.ours, lost);
			if (ours !== undefined) return ours;
			// Somebody has changed it since, so what this write did cannot be seen any more.
			if (this.write.isChange && !isAmong(found.ids, [...this.known])) throw this.unknown(lost);
		}
		if (this.client.signal?.aborted) return await this.lookAfterEnd(lost);
		if (lastLook) throw this.unknown(lastLook);
		return undefined;
	}

	/** Whether a write that the end of the run interrupted was carried out all the same. */
	private async lookAfterEnd(lost: JsonObject | ClarifaiFailure): Promise<Made> {
		const client = this.client.afterEnd();
		for (const pause of LOOK_PAUSES_AFTER_END_MS) {
			// The look after it would not be sent any more.
			if (pause >= client.timeLeftMs) break;
			await time.sleep(pause);
			const found = await this.lookNow(client);
			if (found instanceof ClarifaiFailure) continue;
			const ours = this.theOneOf(found.ours, lost);
			if (ours !== undefined) return ours;
		}
		throw this.unknown(lost);
	}

	private async lookNow(
		client: ClarifaiClient,
	): Promise<{ ours: Made[]; ids: string[] } | ClarifaiFailure> {
		const found = await this.write.look(client).catch((error: unknown) => error);
		if (found instanceof ClarifaiFailure) return found;
		if (found instanceof Error) throw found;
		const there = found as Made[];
		const ours = there.filter((made) => {
			const id = this.write.idOf(made);
			return id !== undefined && !this.known.has(id) && this.write.isOurs(made);
		});
		return { ours, ids: idsOf(there, this.write) };
	}

	/** From now on no other item may take it for its own. */
	private claim(made: Made): Made {
		const id = this.write.idOf(made);
		if (id !== undefined) this.remember([id]);
		if (this.item.unclearSince === undefined) this.countChange();
		this.markClear();
		return made;
	}

	private markUnclear(): void {
		const { turn, isChange } = this.write;
		if (this.item.unclearSince === undefined) {
			this.countChange();
			this.item.unclearTurn = turn;
			if (isChange) this.item.before = [...this.known];
			if (isChange) this.item.changes = this.memory.changes[turn];
		}
		this.item.unclearSince = new Date(time.date()).toISOString();
	}

	private markClear(): void {
		delete this.item.unclearSince;
		delete this.item.unclearTurn;
		delete this.item.before;
		delete this.item.changes;
	}

	private countChange(): void {
		const { turn, isChange } = this.write;
		if (isChange) this.memory.changes[turn] = (this.memory.changes[turn] ?? 0) + 1;
	}

	private remember(ids: string[]): void {
		const { turn, isChange } = this.write;
		const before = isChange ? [] : (this.memory.known[turn] ?? []);
		this.memory.known[turn] = [...new Set([...before, ...ids])];
	}

	/** The failure that says what nobody can tell. */
	private unknown(reason?: JsonObject | ClarifaiFailure, candidates: Made[] = []): ClarifaiFailure {
		const { call, what, where } = this.write;
		const unknownWrite: UnknownWrite = {
			what,
			where,
			sentAt: this.item.unclearSince ?? new Date(time.date()).toISOString(),
			candidates: candidates.flatMap((made) => this.write.idOf(made) ?? []),
		};
		const facts =
			reason instanceof ClarifaiFailure
				? reason.facts
				: { kind: 'unclear' as const, message: 'Clarifai did not say what became of the request' };
		return new ClarifaiFailure({ ...facts, kind: 'unclear', call, unknownWrite });
	}
}

function isAmong(ids: readonly string[], all: readonly string[]): boolean {
	return ids.every((id) => all.includes(id));
}

function idsOf<Made>(there: Made[], write: Write<Made>): string[] {
	return there.flatMap((made) => write.idOf(made) ?? []);
}
