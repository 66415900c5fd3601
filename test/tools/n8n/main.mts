import { defaultHome } from './cache.mts';
import { emulatedClarifai, realClarifai, type Clarifai } from './clarifai.mts';
import { DEMO_OWNER, ensureCredential, importExamples, logInAsDemoOwner } from './demoContent.mts';
import { isPortFree } from './freePort.mts';
import { readOptions, USAGE, type Options } from './options.mts';
import { printedProgress } from './progress.mts';
import { emptyHome, startN8n, type RunningN8n } from './startN8n.mts';

const DEFAULT_PORT = 5678;

async function run(options: Options, stopped: AbortSignal) {
	const home = defaultHome(options.version);
	let clarifai: Clarifai | undefined;
	let n8n: RunningN8n | undefined;
	try {
		clarifai = options.clarifai
			? realClarifai(process.env)
			: await emulatedClarifai(options.trainingSeconds);
		if (options.fresh) await emptyHome(home);
		n8n = await startN8n({
			version: options.version,
			home,
			port: options.port ?? ((await isPortFree(DEFAULT_PORT)) ? DEFAULT_PORT : undefined),
			progress: printedProgress(),
			signal: stopped,
		});
		await logInAsDemoOwner(n8n.client);
		const credential = await ensureCredential(n8n.client, clarifai.access);
		const { imported, kept } = await importExamples(n8n.client, credential);
		console.log(
			[
				'',
				`n8n ${options.version}  ${n8n.url}`,
				`Log in      ${DEMO_OWNER.email} / ${DEMO_OWNER.password}`,
				`Clarifai    ${clarifai.name}`,
				`Examples    ${imported.length} imported, ${kept.length} kept as you left them`,
				`Log         ${n8n.home}/n8n.log`,
				'',
				'Ctrl-C stops it.',
			].join('\n'),
		);
		await Promise.race([n8n.exited(), aborted(stopped)]);
		if (!stopped.aborted) throw new Error(`n8n ended by itself; see ${n8n.home}/n8n.log`);
	} finally {
		if (stopped.aborted) console.log('Stopping ...');
		await n8n?.stop();
		await clarifai?.close();
	}
}

const aborted = async (signal: AbortSignal) =>
	await new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		signal.addEventListener('abort', () => resolve(), { once: true });
	});

/** npm and tsx pass on a Ctrl-C that the terminal has sent as well, so only a later one counts as impatience. */
function stopOnSignals(): AbortSignal {
	const controller = new AbortController();
	let first: number | undefined;
	const stop = () => {
		first ??= Date.now();
		if (Date.now() - first > 2_000) process.exit(130);
		controller.abort();
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
	if (process.env.npm_lifecycle_event) {
		// The shell between npm and this process passes no SIGTERM on; it just disappears.
		const parent = process.ppid;
		setInterval(() => process.ppid === parent || stop(), 1_000).unref();
	}
	return controller.signal;
}

async function main() {
	const options = readOptions(process.argv.slice(2));
	if (options.help) {
		console.log(USAGE);
		return;
	}
	const stopped = stopOnSignals();
	try {
		await run(options, stopped);
	} catch (error) {
		if (!stopped.aborted) throw error;
		process.exitCode = 130;
	}
}

try {
	await main();
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
