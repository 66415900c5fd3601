import type { Message } from './message.mts';
import { keyOf } from './madeObjects.mts';
import { setValueAt, valueAt } from './paths.mts';
import type { Rpc } from './protos.mts';
import type { World } from './state.mts';
import { templateWithId } from './trainingRequest.mts';
import type { ListOmission } from './untidiness.mts';
import { walk } from './walk.mts';

/** Codes that no version of the protos has. */
const UNKNOWN_CODES: Record<string, number> = { ModelVersion: 21199, PipelineVersionRun: 64999 };

/** The field of an entry that each omission takes away. */
const OMITTED_FIELDS: Record<ListOmission, { types: string[]; field: string }> = {
	concepts: { types: ['ModelVersion', 'Model'], field: 'output_info' },
	trainInfo: { types: ['ModelVersion'], field: 'train_info' },
	pipelineVersion: { types: ['Pipeline', 'PipelineVersionRun'], field: 'pipeline_version' },
	inputArgsOverride: { types: ['PipelineVersionRun'], field: 'input_args_override' },
	workflowVersion: { types: ['Workflow'], field: 'version' },
};

/** The answer as an untidy platform shows it. */
export function untidyAnswer(world: World, rpc: Rpc, message: Message): Message {
	if (Object.keys(world.untidy.plan).length === 0) return message;
	const shown = structuredClone(message);
	if (rpc.name === 'PostModelVersions' || rpc.name.startsWith('PostPipelineVersionRun')) {
		takeVersionAway(world, rpc, shown);
	}
	const isList = rpc.name.startsWith('List');
	walk(rpc.response, shown, (typeName, object) => {
		if (isList) omitFields(world, typeName, object);
		if (world.untidy.plan.workflowsWithoutVersion && typeName === 'Workflow') delete object.version;
		if (typeName === 'ModelVersion') showDefaults(world, object);
		if (world.untidy.plan.nodesReordered) reorderNodes(object);
		if (typeName in UNKNOWN_CODES) spoilStatus(world, typeName, object);
		if (world.untidy.plan.overridesHidden) delete object.input_args_override;
		spoilCreatedAt(world, object);
	});
	return shown;
}

function takeVersionAway({ untidy }: World, { response }: Rpc, message: Message) {
	const share = untidy.plan.startsWithoutVersion;
	walk(response, message, (typeName, object) => {
		if (typeName === 'Model' && untidy.hits('start', object.model_version?.id, share)) {
			delete object.model_version.id;
		}
		if (typeName === 'PipelineVersionRun' && untidy.hits('start', object.id, share)) {
			delete object.pipeline_version;
			delete message.pipeline?.pipeline_version;
		}
	});
}

function omitFields({ untidy }: World, typeName: string, object: Message) {
	for (const omission of untidy.plan.listsOmit ?? []) {
		const { types, field } = OMITTED_FIELDS[omission];
		if (types.includes(typeName)) delete object[field];
	}
}

/** Backwards, which is an order that no client has sent unless there was just one node. */
function reorderNodes(object: Message) {
	if (Array.isArray(object.nodes)) object.nodes.reverse();
}

/** Fills in the platform's values for what whoever trained left open, also inside of objects. */
function showDefaults({ untidy, modelTypes }: World, version: Message) {
	const params = version.train_info?.params as Message | undefined;
	if (!untidy.plan.defaultsShown || !params) return;
	const fields: Message[] = templateWithId(modelTypes, params.template)?.model_type_fields ?? [];
	for (const { path, default_value: fallback } of fields) {
		if (!path?.startsWith('train_info.params.') || fallback === undefined) continue;
		setValueAt(version, path, completed(valueAt(version, path), fallback));
	}
}

function completed(value: unknown, fallback: unknown): unknown {
	if (value === undefined) return fallback;
	if (!isObject(value) || !isObject(fallback)) return value;
	const entries = Object.entries(fallback).map(([key, one]) => [key, completed(value[key], one)]);
	return { ...value, ...(Object.fromEntries(entries) as Message) };
}

function isObject(value: unknown): value is Message {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function spoilStatus({ untidy, clock }: World, typeName: string, object: Message) {
	const { absent, unknown, forSeconds = Infinity } = untidy.plan.statuses ?? {};
	const key = keyOf(typeName, object.id);
	const age = clock.now() - Date.parse(object.created_at);
	// What only mentions a version or a run has neither a status nor a date.
	if (!key || Number.isNaN(age) || age >= forSeconds * 1000) return;
	const holder: Message | undefined =
		typeName === 'PipelineVersionRun' ? object.orchestration_status : object;
	if (!holder) return;
	if (untidy.hits('no status', key, absent)) {
		delete holder.status;
	} else if (untidy.hits('unknown status', key, unknown)) {
		holder.status = { code: UNKNOWN_CODES[typeName], description: 'Something new' };
	}
}

function spoilCreatedAt({ untidy }: World, object: Message) {
	if (typeof object.created_at !== 'string') return;
	if (untidy.plan.createdAt === 'absent') delete object.created_at;
	if (untidy.plan.createdAt === 'wholeSeconds') {
		object.created_at = object.created_at.replace(/\.\d+/, '');
	}
}
