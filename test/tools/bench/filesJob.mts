/** One way to bring files to Clarifai, in a process of its own. */
import { randomFillSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { INodeExecutionData } from 'n8n-workflow';
import { BinaryData } from '../engine/binaryData.mts';
import { contenderOf, FILE_BYTES } from './filesContenders.mts';
import { WARM_UP, type FilesJob, type FilesMeasurement } from './filesProcess.mts';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const MB = 1024 * 1024;

const job = JSON.parse(process.argv[2]) as FilesJob;
const itemsFile = join(job.folder, 'items.json');

process.send?.(job.work === 'store' ? await store() : await measured());
process.disconnect();
process.exit();

/** Files as a node before would have left them, each with a content of its own. */
async function store(): Promise<FilesMeasurement> {
	const data = await BinaryData.use({ mode: 'filesystem' });
	const items: INodeExecutionData[] = [];
	const content = Buffer.alloc(FILE_BYTES);
	for (let index = 0; index < job.count + WARM_UP; index++) {
		randomFillSync(content);
		PNG.copy(content);
		const file = await data.file(content, { fileName: `${index}.png`, mimeType: 'image/png' });
		items.push({ json: { index }, binary: { data: file } });
	}
	writeFileSync(itemsFile, JSON.stringify(items));
	return { seconds: 0, cpuMsPerItem: 0, peakMb: 0 };
}

async function measured(): Promise<FilesMeasurement> {
	await BinaryData.use({ mode: 'filesystem' });
	const all = JSON.parse(readFileSync(itemsFile, 'utf8')) as INodeExecutionData[];
	const items = all.slice(WARM_UP, WARM_UP + job.count);
	const contender = await contenderOf(job);
	const warmUp = await contender(all.slice(0, WARM_UP));
	await warmUp();
	const send = await contender(items);
	// Until the limit's second is over.
	await delay(1100);
	global.gc?.();
	const idle = process.memoryUsage.rss();
	const cpu = process.cpuUsage();
	const began = performance.now();
	await send();
	const seconds = (performance.now() - began) / 1000;
	const { user, system } = process.cpuUsage(cpu);
	return {
		seconds,
		cpuMsPerItem: (user + system) / 1000 / items.length,
		// As the system saw it: looking at it again and again would take time.
		peakMb: (process.resourceUsage().maxRSS * 1024 - idle) / MB,
	};
}
