import type { Logger } from 'n8n-workflow';
import { inApp } from '../shared/api/call';
import { MAX_PAGE_SIZE, type ClarifaiClient } from '../shared/api/client';
import { ClarifaiFailure, ifExists } from '../shared/api/failures';
import { fetchModelVersion } from '../shared/api/models';
import {
	fetchPipelineRun,
	listPipelineRuns,
	listPipelines,
	withNewestVersion,
} from '../shared/api/pipelines';
import { isByRun, runTraining, withRun, withVersion, type Training } from '../shared/api/trainings';
import type { AppScope } from '../shared/clarifai/identifiers';
import { textAt } from '../shared/clarifai/json';
import { readModelVersion } from '../shared/clarifai/models';
import type { PipelineRun, PipelineRunIds } from '../shared/clarifai/pipelines';
import { compareTimes } from '../shared/clarifai/timestamps';
import type { TrainingMethodName } from '../shared/clarifai/trainingMethods';

/** Which trainings are looked at. */
export interface Subject {
	methods: TrainingMethodName[];
	scope: AppScope;
	/** Absent for every model of the app. */
	modelId?: string;
}

/** Pipelines whose runs are looked at in one poll, at one request each. */
const WATCHED_PIPELINES = 100;

/** The newest versions of a model: Clarifai lists them by the time of their creation, the latest first. */
const NEWEST = { page: 1, per_page: MAX_PAGE_SIZE };

/** One look at the trainings of an app. */
export class TrainingsLook {
	/** What could not be looked at; it is looked at again the next time. */
	private readonly failures: unknown[] = [];
	/** The trainings under way, by `keyOf`, that Clarifai does not find. */
	readonly notFound: string[] = [];
	private looked = 0;

	constructor(
		private readonly client: ClarifaiClient,
		private readonly subject: Subject,
		private readonly logger: Logger | undefined,
	) {}

	/**
	 * The newest trainings, as lists give them, and those that were under way at the last look and have
	 * fallen off the lists since, each looked up by itself. What cannot be looked at does not keep the
	 * rest from being seen.
	 * @param pending the trainings that had not ended, by `keyOf`
	 * @throws ClarifaiFailure when nothing at all could be looked at
	 */
	async all(pending: readonly string[]): Promise<Training[]> {
		const { methods } = this.subject;
		const runs = methods.includes('pipelineTemplate') ? await this.runs() : [];
		const versions = methods.includes('deepFineTuning') ? await this.versions() : [];
		const listed = [...runs, ...versions.filter((version) => !isMadeByRun(version, runs))];
		const keys = new Set(listed.map(keyOf));
		const others = await Promise.all(
			pending.filter((key) => !keys.has(key)).map(async (key) => await this.lookUp(key)),
		);
		if (this.looked === 0 && this.failures.length > 0) throw this.failures[0];
		return [...listed, ...others.flat()];
	}

	/**
	 * A run that has completed, with what became of its model version: only that tells whether the training
	 * has ended, and how.
	 */
	async complete(training: Training): Promise<Training> {
		if (!isByRun(training) || training.state.status !== 'trained') return training;
		const looked = await this.tolerating<Training[]>([], async () => [
			await runTraining.look(this.client, training, {}),
		]);
		return looked[0] ?? { ...training, state: { ...training.state, status: 'training' } };
	}

	/** One list call for each model: its newest versions. */
	private async versions(): Promise<Training[]> {
		const { scope, modelId } = this.subject;
		const models = await this.places(async () =>
			modelId === undefined
				? await this.client.list(inApp(scope, 'models'), 'models')
				: [{ id: modelId }],
		);
		const found = await Promise.all(
			models
				// Older platforms mix Clarifai's own models into an app's list.
				.filter((model) => (textAt(model, 'app_id') ?? scope.appId) === scope.appId)
				.map(async (model) => {
					const id = textAt(model, 'id') ?? '';
					const known = { scope, modelId: id, modelTypeId: textAt(model, 'model_type_id') };
					const path = inApp(scope, 'models', id, 'versions');
					return await this.tolerating([], async () =>
						(await this.client.page(path, 'model_versions', NEWEST)).map((version) =>
							withVersion(known, readModelVersion(version)),
						),
					);
				}),
		);
		return found.flat();
	}

	/**
	 * One list call for each of the newest pipelines. Each training that is started from a template makes
	 * a pipeline of its own, so that an app gets ever more of them.
	 */
	private async runs(): Promise<Training[]> {
		const { scope } = this.subject;
		const pipelines = await this.places(async () => await listPipelines(this.client, scope));
		const newest = pipelines
			.sort((a, b) => compareTimes(b.createdAt ?? '', a.createdAt ?? ''))
			.slice(0, WATCHED_PIPELINES);
		const found = await Promise.all(
			newest.map(async (listed) => {
				const pipeline = await this.tolerating(
					undefined,
					async () => await withNewestVersion(this.client, scope, listed),
					() => false,
				);
				const { id, versionId } = pipeline ?? {};
				if (id === undefined || versionId === undefined) return [];
				const runs = await this.tolerating(
					[],
					async () => await listPipelineRuns(this.client, scope, id, versionId),
				);
				return runs.flatMap((run) => {
					if (run.id === undefined) return [];
					const ids = { pipelineId: id, pipelineVersionId: versionId, runId: run.id };
					return [this.trainingOf(ids, run)];
				});
			}),
		);
		return found.flat().filter((training) => this.isWanted(training));
	}

	private isWanted({ modelId: trained }: Training): boolean {
		const { modelId } = this.subject;
		return modelId === undefined ? trained !== '' : trained === modelId;
	}

	/** A training that was under way and is not listed any more; none when it is gone. */
	private async lookUp(key: string): Promise<Training[]> {
		return await this.tolerating([], async () => {
			const found = await ifExists(this.fetch(key.split('/')));
			if (!found) this.notFound.push(key);
			return found ? [found] : [];
		});
	}

	private async fetch(key: string[]): Promise<Training> {
		const { scope } = this.subject;
		if (key.length === 2) {
			const [modelId, versionId] = key;
			const version = await fetchModelVersion(this.client, scope, modelId, versionId);
			return withVersion({ scope, modelId }, version);
		}
		const [pipelineId, pipelineVersionId, runId] = key;
		const ids = { pipelineId, pipelineVersionId, runId };
		const run = await fetchPipelineRun(this.client, scope, ids);
		return this.trainingOf(ids, run);
	}

	private trainingOf(ids: PipelineRunIds, run: PipelineRun): Training {
		// The model that a run trains is its `model_id` argument.
		const modelId = run.arguments.model_id ?? '';
		return withRun({ scope: this.subject.scope, modelId, run: ids }, run);
	}

	/** Where there may be trainings. To know it is no look at them yet, unless there is nowhere to look. */
	private async places<T>(list: () => Promise<T[]>): Promise<T[]> {
		return await this.tolerating([], list, (found) => found.length === 0);
	}

	private async tolerating<T>(
		instead: T,
		look: () => Promise<T>,
		isLook: (found: T) => boolean = () => true,
	): Promise<T> {
		const found = await look().catch((error: unknown) => error);
		if (!(found instanceof Error)) {
			if (isLook(found as T)) this.looked++;
			return found as T;
		}
		if (!(found instanceof ClarifaiFailure)) throw found;
		this.failures.push(found);
		// A platform without pipelines is not a failure to tell about every minute.
		if (!found.isNotOffered())
			this.logger?.warn(`A look at Clarifai's trainings failed: ${found.message}`);
		return instead;
	}
}

/** What tells a training from all others: model and version, or pipeline, version and run. */
export function keyOf({ run, modelId, versionId }: Training): string {
	return run
		? [run.pipelineId, run.pipelineVersionId, run.runId].join('/')
		: `${modelId}/${versionId ?? ''}`;
}

/** A run's version is not another training: it was made in the time of the run. */
function isMadeByRun(version: Training, runs: readonly Training[]): boolean {
	const made = Date.parse(version.createdAt ?? '');
	return runs.some(({ modelId, createdAt, completedAt }) => {
		const isAfter = made >= Date.parse(createdAt ?? '');
		const isBefore = made <= (Date.parse(completedAt ?? '') || Infinity);
		return modelId === version.modelId && isAfter && isBefore;
	});
}
