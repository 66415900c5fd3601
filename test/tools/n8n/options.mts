import { parseArgs } from 'node:util';
import { N8N_VERSION } from './startN8n.mts';

export const USAGE = `Usage: npm run n8n -- [options]

Starts a real n8n with the nodes of this package, the example workflows and a Clarifai credential,
against an emulated Clarifai on this machine. The first start downloads n8n: about 6 minutes, 2.9 GB.

  --port <number>              n8n's port (5678, or a free one if that is taken)
  --n8n-version <version>      which n8n to run (${N8N_VERSION})
  --clarifai                   use the real Clarifai instead of the emulator; reads CLARIFAI_PAT,
                               CLARIFAI_USER_ID, CLARIFAI_APP_ID and, if set, CLARIFAI_BASE_URL
  --training-seconds <number>  how long a training takes in the emulator (20)
  --fresh                      start over: delete the workflows and settings of earlier starts
  --help                       show this text

N8N_NODES_CLARIFAI_CACHE names the folder for the download and n8n's data
(~/.cache/n8n-nodes-clarifai).`;

export interface Options {
	port?: number;
	version: string;
	clarifai: boolean;
	trainingSeconds: number;
	fresh: boolean;
	help: boolean;
}

export function readOptions(args: string[]): Options {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string' },
			'n8n-version': { type: 'string', default: N8N_VERSION },
			clarifai: { type: 'boolean', default: false },
			'training-seconds': { type: 'string', default: '20' },
			fresh: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	const version = values['n8n-version'];
	if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
		throw new Error(`--n8n-version takes a full version such as ${N8N_VERSION}, not "${version}"`);
	}
	return {
		port: values.port === undefined ? undefined : number('--port', values.port, 1, 65_535),
		version,
		clarifai: values.clarifai,
		trainingSeconds: number('--training-seconds', values['training-seconds'], 0, 86_400),
		fresh: values.fresh,
		help: values.help,
	};
}

function number(flag: string, text: string, from: number, to: number): number {
	const value = Number(text);
	if (text.trim() === '' || !(value >= from && value <= to)) {
		throw new Error(`${flag} takes a number from ${from} to ${to}, not "${text}"`);
	}
	return value;
}
