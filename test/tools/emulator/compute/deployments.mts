import { toTimestamp } from '../clock.mts';
import type { Message } from '../message.mts';
import { DeploymentStatus } from '../newerFields.mts';
import type { ModelState, VersionState } from '../state.mts';
import { Code } from '../statuses.mts';
import { newestTrainedVersion } from '../views.mts';

/** How the first calls after a sleep go: what they are told, in equal parts of the time it takes. */
export interface ColdStartPlan {
	seconds: number;
	/** Default: deploying, loading, busy. */
	codes?: number[];
	/** The HTTP status of these answers, which no capture shows; default 400. */
	httpStatus?: number;
}

const COLD_START_CODES = [Code.modelDeploying, Code.modelLoading, Code.modelBusy];

/** A version that a deployment was told to run, from when on it counts as its worker, and runs. */
interface Assignment {
	version: VersionState;
	observedAt: number;
	readyAt: number;
}

/** The documented defaults. */
const AUTOSCALE_DEFAULTS = {
	min_replicas: 0,
	max_replicas: 5,
	scale_down_delay_seconds: 300,
	scale_up_delay_seconds: 300,
	scale_to_zero_delay_seconds: 1800,
};

/** A deployment: a model on nodepools, with the version it shall run and the one it runs. */
export class DeploymentState {
	readonly createdAt: number;
	modifiedAt: number;
	coldStart: ColdStartPlan;
	readonly #assignments: Assignment[] = [];
	readonly #deployMs: number;
	/** When a deployment that may sleep was, or will be, awake, and when it was last called. */
	#awakeAt: number | undefined;
	#calledAt = 0;

	constructor(
		readonly userId: string,
		readonly model: ModelState,
		/** What its owner may set. */
		readonly fields: Message,
		readonly nodepools: Message[],
		version: VersionState,
		now: number,
		times: { deploySeconds: number; coldStart: ColdStartPlan },
	) {
		this.createdAt = this.modifiedAt = now;
		this.coldStart = times.coldStart;
		this.#deployMs = times.deploySeconds * 1000;
		// A new deployment shows its worker at once, as published answers do; it runs later.
		this.#assignments.push({ version, observedAt: now, readyAt: now + this.#deployMs });
	}

	get id(): string {
		return this.fields.id as string;
	}

	get autoscale(): Message {
		return { ...AUTOSCALE_DEFAULTS, ...this.fields.autoscale_config };
	}

	get isDisabled() {
		return this.fields.status === DeploymentStatus.disabled;
	}

	/** Makes it go over to a version; the one it runs stays on until then. */
	assign(version: VersionState, since: number) {
		if (this.desired === version) return;
		const readyAt = since + this.#deployMs;
		this.#assignments.push({ version, observedAt: readyAt, readyAt });
	}

	/** With deploy_latest_version it follows the model's newest trained version. */
	followLatest(now: number) {
		if (!this.fields.deploy_latest_version) return;
		const newest = newestTrainedVersion(this.model, now);
		if (newest) this.assign(newest, Math.max(newest.training.endsAt, this.modifiedAt));
	}

	/** `desired_worker`: what it shall run. */
	get desired(): VersionState {
		return this.#assignments.at(-1)!.version;
	}

	/** `worker`: what it runs. */
	observed(now: number): VersionState {
		return this.#current(now).version;
	}

	isReady(version: VersionState, now: number) {
		return this.#current(now).version === version && this.runningReplicas(now) > 0;
	}

	wantedReplicas(now: number): number {
		if (this.isDisabled) return 0;
		const { min_replicas: min } = this.autoscale;
		return Math.max(min as number, this.#isAwake(now) ? 1 : 0);
	}

	/** Replicas that answer: those that never sleep are there as soon as the version is. */
	runningReplicas(now: number): number {
		const wanted = this.wantedReplicas(now);
		const since = this.autoscale.min_replicas > 0 ? 0 : (this.#awakeAt ?? Infinity);
		return now >= Math.max(this.#current(now).readyAt, since) ? wanted : 0;
	}

	/** Takes a call: the code that tells the caller to wait, or undefined when it answers. */
	call(now: number): number | undefined {
		if (this.autoscale.min_replicas === 0) this.#wake(now);
		if (this.runningReplicas(now) > 0) return undefined;
		const { seconds, codes = COLD_START_CODES } = this.coldStart;
		const passed = this.#awakeAt === undefined ? 0 : 1 - (this.#awakeAt - now) / (seconds * 1000);
		const step = Math.floor(Math.max(0, passed) * codes.length) || 0;
		return codes[Math.min(step, codes.length - 1)];
	}

	#wake(now: number) {
		if (!this.#isAwake(now)) {
			this.#awakeAt = Math.max(this.#current(now).readyAt, now + this.coldStart.seconds * 1000);
		}
		this.#calledAt = now;
	}

	#isAwake(now: number) {
		if (this.#awakeAt === undefined) return false;
		const idleMs = (this.autoscale.scale_to_zero_delay_seconds as number) * 1000;
		return now <= Math.max(this.#calledAt, this.#awakeAt) + idleMs;
	}

	#current(now: number): Assignment {
		const observed = this.#assignments.filter(({ observedAt }) => observedAt <= now);
		return observed.at(-1) ?? this.#assignments[0]!;
	}
}

export function workerOf(model: ModelState, version: VersionState): Message {
	const { id, user_id, app_id, model_type_id } = model.message;
	const versionRef = { id: version.message.id, user_id, app_id };
	return { model: { id, user_id, app_id, model_type_id, model_version: versionRef } };
}

export function showDeployment(deployment: DeploymentState, now: number): Message {
	return {
		...deployment.fields,
		autoscale_config: deployment.autoscale,
		nodepools: deployment.nodepools,
		user_id: deployment.userId,
		worker: workerOf(deployment.model, deployment.observed(now)),
		desired_worker: workerOf(deployment.model, deployment.desired),
		created_at: toTimestamp(deployment.createdAt),
		modified_at: toTimestamp(deployment.modifiedAt),
	};
}
