import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The ways to bring files to Clarifai that are measured, and the making of the files. */
export type FilesWork =
	| 'store'
	| 'addInputs'
	| 'addInputsByHttpRequest'
	| 'addInputsByPool'
	| 'predict'
	| 'predictByHttpRequest'
	| 'predictByPool';

export interface FilesJob {
	work: FilesWork;
	/** Where n8n keeps the files, and `items.json` says which there are. */
	folder: string;
	/** Of the server. */
	url: string;
	count: number;
	/** Batches that the pool has under way at once. */
	atOnce: number;
}

export interface FilesMeasurement {
	seconds: number;
	/** Milliseconds of processor time of the process, n8n's engine included. */
	cpuMsPerItem: number;
	/** The most that the process held in memory, above what it held before; in MB. */
	peakMb: number;
}

/** Files that each process sends before it is measured, so that its code is compiled. */
export const WARM_UP = 4;

/** Runs a job in a process of its own, whose memory no other job has used. */
export async function runFilesJob(job: FilesJob): Promise<FilesMeasurement> {
	const child = fork(
		fileURLToPath(new URL('filesJob.mts', import.meta.url)),
		[JSON.stringify(job)],
		{
			execArgv: [...process.execArgv, '--expose-gc'],
			env: { ...process.env, N8N_STORAGE_PATH: job.folder },
		},
	);
	const ended = once(child, 'exit');
	const said = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
	await ended;
	if (!said) throw new Error(`The process for "${job.work}" ended without a result`);
	return said[0] as FilesMeasurement;
}
