import { DEMO, type BookEntry, type RecordedRequest } from '../../tools/emulator/emulator.mts';
import { isDeed } from '../../tools/emulator/book.mts';
import type { Played } from './play.mts';
import { reportsOf, type Report } from './reports.mts';
import { REQUEST_TIMEOUT_SECONDS, type DeedRule, type Step } from './step.mts';
import { STEPS } from './steps/index.mts';

/** What a played scenario shows to be wrong with the promise: nothing, if it is kept. */
export function brokenPromises(played: Played): string[] {
	const ofSteps = played.scenario.steps.flatMap((name, place) => {
		const reports = reportsOf(played, place);
		const step: Step = STEPS[name];
		const broken = [
			...step.deeds.flatMap((rule) => brokenOf(played, rule, reports)),
			...untrue(played, step, reports),
			...startedAfterFailure(played, step, reports),
		];
		return broken.map((each) => `${step.name}: ${each}`);
	});
	return [...ofSteps, ...tokenShown(played)];
}

/** At most one for each item, and everything reported as it is. */
function brokenOf(
	{ scenario, emulator, log, wasStopped }: Played,
	rule: DeedRule,
	reports: Report[],
) {
	const broken: string[] = [];
	const last = reports.at(-1);
	const done = emulator.book.of(rule.deed).filter(({ request }) => request !== undefined);
	const keyOf = ({ start, input }: Report['items'][number]) =>
		rule.keyOfItem(scenario.items[start]!, input);
	const keys = new Set([
		...done.map((entry) => rule.keyOfEntry(entry)),
		...reports.flatMap(({ items }) => items.flatMap((item) => keyOf(item) ?? [])),
	]);
	const told = [...reports.map(({ text }) => text), ...(wasStopped ? log : [])].join('\n');
	for (const key of keys) {
		const entries = done.filter((entry) => rule.keyOfEntry(entry) === key);
		const items = (last?.items ?? []).filter((item) => keyOf(item) === key);
		const most = rule.isShared ? Math.min(1, items.length) : items.length;
		if (entries.length > most) {
			broken.push(`${entries.length} × ${rule.deed} for ${items.length} items of ${key}`);
		}
		const claims = items.flatMap(({ start, outputs }) =>
			outputs.flatMap(
				(output) => rule.claimedBy(output, scenario.choices, scenario.items[start]!) ?? [],
			),
		);
		const unclaimed = [...entries];
		for (const claim of claims) {
			const index = unclaimed.findIndex(({ id }) => id === claim);
			if (index >= 0) unclaimed.splice(index, 1);
			else if (!rule.isShared || !entries.some(({ id }) => id === claim)) {
				broken.push(`${rule.deed} ${claim} of ${key} reported, and not made for it`);
			}
		}
		const maybe = reports.flatMap((report) =>
			report.items.filter((item) => keyOf(item) === key && item.isUnknown),
		);
		const lost = unclaimed.filter((entry) => !isTold(entry, rule, reports, told));
		if (lost.length > maybe.length) {
			broken.push(`${rule.deed} ${lost.map(({ id }) => id).join(', ')} of ${key} not reported`);
		}
	}
	return broken;
}

/** Whether a report of another form tells of it: done before an error, failed afterwards, stopped. */
function isTold(entry: BookEntry, rule: DeedRule, reports: Report[], told: string) {
	// An ID that the user chose is named in every error.
	const isChosen = rule.keyOfEntry(entry) === entry.id;
	if (!isChosen && told.includes(entry.id)) return true;
	return reports.some(({ done }) => done.some((each) => rule.mayBeClaimedBy(each) === entry.id));
}

function untrue({ emulator }: Played, step: Step, reports: Report[]) {
	const items = reports.at(-1)?.items ?? [];
	return items.flatMap(({ outputs }) =>
		outputs.flatMap((output) => step.untrueIn?.(output, emulator) ?? []),
	);
}

/** Once an item has failed the node, no further write of it begins. */
function startedAfterFailure(played: Played, step: Step, reports: Report[]): string[] {
	const { scenario, emulator, runs } = played;
	// Of several tries only the last one shows.
	if (scenario.onError !== 'stopWorkflow' || scenario.retryOnFail || runs.length > 1) return [];
	const failed = reports[0]?.items.filter(({ error }) => error !== undefined) ?? [];
	return failed.flatMap(({ start, isUnknown }) => {
		const item = scenario.items[start]!;
		const last = emulator.requests.filter((request) => step.concerns(request, item)).at(-1);
		// What ends with a look that was not answered has failed only then.
		if (!last || isUnknown) return [];
		const failedAt =
			last.arrivedAt + (last.status === undefined ? REQUEST_TIMEOUT_SECONDS * 1000 : 0);
		const later = emulator.requests.filter(
			(request) => request.arrivedAt > failedAt && isStart(request),
		);
		return later.map(({ rpc, path }) => `${rpc} of ${path} began after item ${start} had failed`);
	});
}

const isStart = ({ rpc, method }: RecordedRequest) =>
	isDeed(rpc) && method !== 'DELETE' && rpc !== 'PatchPipelineVersionRuns';

function tokenShown({ runs, log, emulator }: Played): string[] {
	const shown = [
		...runs.map((run) => run.serialized()),
		...runs.map(({ hints }) => JSON.stringify(hints)),
		...log,
	];
	const broken = shown
		.filter((text) => text.includes(DEMO.pat))
		.map((text) => `token shown: ${text.slice(0, 300)}`);
	const elsewhere = emulator.requests.filter(
		({ authorization, path, query, body }) =>
			authorization !== `Key ${DEMO.pat}` || JSON.stringify([path, query, body]).includes(DEMO.pat),
	);
	return [...broken, ...elsewhere.map(({ path }) => `token in ${path}`)];
}
