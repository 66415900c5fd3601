import protobuf from 'protobufjs';
import type { Field, Root } from 'protobufjs';

/**
 * Fields of API 12.x that the 11.11 protos do not know yet. JSON does not show field numbers, so these
 * are not Clarifai's; those above this one are free.
 */
const FIRST_NUMBER = 1001;

const NEWER_FIELDS: Array<[message: string, field: string, type: string, repeated?: 'repeated']> = [
	['PipelineVersionRun', 'started_at', 'google.protobuf.Timestamp'],
	['PipelineVersionRun', 'ended_at', 'google.protobuf.Timestamp'],
	// What the deployment shall run; its `worker` is what it runs.
	['Deployment', 'desired_worker', 'Worker'],
	['Deployment', 'deployment_nodepools', 'DeploymentNodepool', 'repeated'],
	['Deployment', 'status', 'DeploymentStatus'],
	['Deployment', 'graceful_deploy', 'bool'],
	['Output', 'cached_tokens', 'uint32'],
];

export const DeploymentStatus = { enabled: 0, disabled: 1 };

export function addNewerFields(root: Root) {
	const api = root.lookup('clarifai.api') as protobuf.Namespace;
	api.add(new protobuf.Enum('DeploymentStatus', { ENABLED: 0, DISABLED: 1 }));
	const nodepool = new protobuf.Type('DeploymentNodepool')
		.add(new protobuf.Field('id', 1, 'string'))
		.add(new protobuf.Field('compute_cluster', 2, 'ComputeCluster'))
		.add(new protobuf.Field('priority', 3, 'uint32'));
	api.add(nodepool);
	for (const field of nodepool.fieldsArray) field.resolve();
	for (const [index, [message, name, type, rule]] of NEWER_FIELDS.entries()) {
		const field = new protobuf.Field(name, FIRST_NUMBER + index, type, rule);
		root.lookupType(`clarifai.api.${message}`).add(field);
		field.resolve();
	}
	// A patch has to be able to say "enabled", which is the zero value.
	root.lookupType('clarifai.api.Deployment').add(new protobuf.OneOf('_status', ['status']));
}

export function isNewerField({ id }: Field) {
	return id >= FIRST_NUMBER;
}
