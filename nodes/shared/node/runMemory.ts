import { createHash, randomBytes } from 'crypto';
import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { ClarifaiFailure, type FailureFacts } from '../api/failures';
import type { WriteMemory, WritesMemory } from '../api/write';

/** What is known of one item from an earlier try of the same run. */
export interface ItemMemory extends WriteMemory {
	/** Which request it is about; a try with other parameters starts anew. */
	request: string;
	/** The finished output, and the output of the node that it leaves by. */
	done?: { items: IDataObject[]; route: number; files?: IBinaryKeyData };
	/** What was started and has not been waited for. */
	started?: unknown;
	/** How a try failed that left its write unclear. */
	unclear?: FailureFacts;
	/** What the node's own work keeps. */
	kept?: Record<string, unknown>;
}

interface Remembered {
	runIndex?: number;
	/** The execution that has run it last. */
	executionId?: string;
	mayHaveSiblings?: boolean;
	/** Names this run in IDs at Clarifai, the same in every retry. */
	token?: string;
	items?: Record<number, ItemMemory>;
	known?: WritesMemory['known'];
	changes?: WritesMemory['changes'];
}

/**
 * What a run of a node has done so far, kept in the node's context of the execution.
 *
 * n8n's Retry On Fail runs the whole node again for all items, and "Retry" in the list of executions
 * goes on from the failed node. Both find here what is done already, so that nothing is created or
 * trained twice. Loops are other runs of the node, and start anew.
 */
export class RunMemory {
	/** For the writes of this run. */
	readonly writes: WritesMemory;
	readonly token: string;
	private readonly items: Record<number, ItemMemory>;

	private constructor(
		private readonly remembered: Remembered,
		executionId: string,
	) {
		this.items = remembered.items ??= {};
		this.token = remembered.token ??= randomBytes(6).toString('hex');
		const known = (remembered.known ??= {});
		// Retry On Fail stays within the execution; a retry by hand is another one.
		const isByHand = (remembered.executionId ??= executionId) !== executionId;
		const mayHaveSiblings = (remembered.mayHaveSiblings ??= false) || isByHand;
		Object.assign(remembered, { executionId, mayHaveSiblings });
		const items = () => Object.values(this.items);
		const changes = (remembered.changes ??= {});
		this.writes = { known, changes, inherited: Object.keys(known), mayHaveSiblings, items };
	}

	static of(context: IExecuteFunctions): RunMemory {
		const remembered = context.getContext('node') as Remembered;
		const runIndex = Number(context.getWorkflowDataProxy(0).$runIndex ?? 0);
		if (remembered.runIndex !== runIndex) {
			forget(remembered);
			remembered.runIndex = runIndex;
		}
		return new RunMemory(remembered, context.getExecutionId());
	}

	/** The memory of one item, fresh when the request is not the one that is remembered. */
	item(index: number, request: unknown): ItemMemory {
		const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('base64');
		const known = this.items[index];
		if (known?.request === fingerprint) return known;
		return (this.items[index] = { request: fingerprint });
	}

	/** Once all items are done no try will follow, and the execution's data need not carry this. */
	clear(): void {
		forget(this.remembered);
	}
}

/**
 * What an earlier try has left unclear stays so when this one has failed before it could find out.
 * @param error how this try failed; none when it did not get to the item
 */
export function withEarlierTry(known: ItemMemory | undefined, error?: unknown): unknown {
	if (!known || (error !== undefined && !(error instanceof ClarifaiFailure))) return error;
	if (error?.facts.unknownWrite) {
		const { call, ...facts } = error.facts;
		known.unclear = { ...facts, call: { method: call.method, path: call.path } };
		return error;
	}
	const knowsNoMore = error === undefined || error.kind === 'cancelled';
	// Clarifai has said by now what became of the write. What a mere look met says nothing of it.
	const isSettled =
		known.unclearSince === undefined &&
		(known.started !== undefined || error?.facts.call.method !== 'GET');
	if (!knowsNoMore && isSettled) delete known.unclear;
	if (!known.unclear) return error;
	const { unknownWrite } = known.unclear;
	return new ClarifaiFailure(
		knowsNoMore ? known.unclear : { ...error.facts, kind: 'unclear', unknownWrite },
	);
}

function forget(remembered: Remembered): void {
	delete remembered.runIndex;
	delete remembered.executionId;
	delete remembered.mayHaveSiblings;
	delete remembered.token;
	delete remembered.items;
	delete remembered.known;
	delete remembered.changes;
}
