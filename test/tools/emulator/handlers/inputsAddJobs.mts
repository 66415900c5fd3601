import type { Call, Handler } from '../call.mts';
import { cancelAddJob, showAddJob } from '../inputsAddJob.mts';
import { ApiError, Code } from '../statuses.mts';

function findJob({ app, request }: Call) {
	const job = app.addJobs.get(request.id);
	if (!job) throw new ApiError(Code.doesNotExist, `Inputs add job '${request.id}' does not exist`);
	return job;
}

const getInputsAddJob: Handler = (call) => ({
	inputs_add_job: showAddJob(findJob(call), call.now),
});

const listInputsAddJobs: Handler = (call) => {
	call.supportsOnly();
	const jobs = [...call.app.addJobs.values()].map((job) => showAddJob(job, call.now));
	return { inputs_add_jobs: call.paginate(call.sort(jobs)) };
};

const cancelInputsAddJob: Handler = (call) => {
	const job = findJob(call);
	cancelAddJob(job, call.now);
	return { inputs_add_job: showAddJob(job, call.now) };
};

export const inputsAddJobHandlers: Record<string, Handler> = {
	GetInputsAddJob: getInputsAddJob,
	ListInputsAddJobs: listInputsAddJobs,
	CancelInputsAddJob: cancelInputsAddJob,
};
