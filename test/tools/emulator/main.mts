import { parseArgs } from 'node:util';
import { DEMO, startEmulator } from './emulator.mts';
import type { Emulator, EmulatorOptions, RecordedRequest } from './emulator.mts';
import { readUntidiness } from './untidinessArbitrary.mts';

const HELP = `A local emulator of Clarifai's REST API, to try the nodes without an account.

Usage: npx tsx test/tools/emulator/main.mts [options]

  --port <number>                 port on 127.0.0.1 (8787)
  --training-seconds <number>     how long a training takes (20)
  --requests-per-second <number>  answer 429 above this rate; 0 = no limit (0)
  --latency-ms <number>           hold every answer back for this long (0)
  --enums <numbers|names>         how enums are written in answers (numbers)
  --platform <kind>               hosted, selfHosted or both (both)
  --untidiness <seed or JSON>     behave as untidily as this number says, or as written in untidiness.mts
  --help                          show this text`;

const OPTIONS = {
	port: { type: 'string', default: '8787' },
	'training-seconds': { type: 'string', default: '20' },
	'requests-per-second': { type: 'string', default: '0' },
	'latency-ms': { type: 'string', default: '0' },
	enums: { type: 'string', default: 'numbers' },
	platform: { type: 'string', default: 'both' },
	untidiness: { type: 'string' },
	help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

await main();

async function main() {
	try {
		const { values } = parseArgs({ options: OPTIONS });
		if (values.help) {
			console.log(HELP);
			return;
		}
		const emulator = await startEmulator(readOptions(values));
		console.log(welcome(emulator));
		process.once('SIGINT', () => void emulator.close());
		process.once('SIGTERM', () => void emulator.close());
	} catch (error) {
		console.error(explain(error as NodeJS.ErrnoException & { port?: number }));
		process.exitCode = 1;
	}
}

function explain({ code, message, port }: NodeJS.ErrnoException & { port?: number }) {
	if (code !== 'EADDRINUSE') return message;
	return `Port ${port} is taken. Stop what runs there or choose another one with --port.`;
}

function readOptions(values: Values): EmulatorOptions {
	const { enums, platform } = values;
	if (enums !== 'numbers' && enums !== 'names') {
		throw new Error(`--enums: expected numbers or names, got '${enums}'`);
	}
	if (platform !== 'hosted' && platform !== 'selfHosted' && platform !== 'both') {
		throw new Error(`--platform: expected hosted, selfHosted or both, got '${platform}'`);
	}
	return {
		port: readNumber(values, 'port'),
		trainingSeconds: readNumber(values, 'training-seconds'),
		requestsPerSecond: readNumber(values, 'requests-per-second'),
		latencyMs: readNumber(values, 'latency-ms'),
		enums,
		platform,
		untidiness: values.untidiness === undefined ? undefined : untidinessOf(values.untidiness),
		onRequest: (request) => console.log(requestLine(request)),
	};
}

function untidinessOf(text: string) {
	try {
		return readUntidiness(text);
	} catch (error) {
		throw new Error(`--untidiness: ${(error as Error).message}`);
	}
}

type NumberOption = 'port' | 'training-seconds' | 'requests-per-second' | 'latency-ms';

function readNumber(values: Values, name: NumberOption) {
	const text = values[name];
	const number = Number(text);
	if (!text.trim() || !Number.isFinite(number) || number < 0) {
		throw new Error(`--${name}: expected a number, got '${text}'`);
	}
	return number;
}

function welcome({ url, untidiness }: Emulator) {
	const how = JSON.stringify(untidiness);
	return `Clarifai emulator on ${url}. It keeps everything in memory; Ctrl-C stops it.

Enter this in n8n's Clarifai API credential:
  Access Token  ${DEMO.pat}
  User ID       ${DEMO.userId}
  App ID        ${DEMO.appId}
  Base URL      ${url}
${how === '{}' ? '' : `\nUntidiness: ${how}\n`}`;
}

function requestLine({ method, path, rpc, status, code }: RecordedRequest) {
	const time = new Date().toTimeString().slice(0, 8);
	return `${time} ${method} ${path} (${rpc || 'unknown'}) → ${status ?? 'no answer'} ${code ?? ''}`;
}
