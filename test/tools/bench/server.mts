/** The emulator in a process of its own, so that its work does not count as the clients'. */
import { request } from 'node:http';
import { DEMO, startEmulator, type RecordedRequest } from '../emulator/emulator.mts';
import type { Question, ServerStats, Setup } from './serverProcess.mts';

const OTHER_PROGRAM = 'other-program';

const setup = JSON.parse(process.argv[2]) as Setup;
let underWay = 0;
let mostUnderWay = 0;
let lastAnsweredAt = 0;

const emulator = await startEmulator({
	...setup,
	onRequest: (record) => {
		if (isOther(record)) return;
		underWay--;
		lastAnsweredAt = performance.timeOrigin + performance.now();
	},
});

// The emulator notes a request before it is answered; nothing else tells its arrival.
const { requests } = emulator;
const push = requests.push.bind(requests);
requests.push = (...records: RecordedRequest[]) => {
	for (const record of records) {
		if (isOther(record)) continue;
		underWay++;
		mostUnderWay = Math.max(mostUnderWay, underWay);
	}
	return push(...records);
};

const interval = setup.otherPerSecond
	? setInterval(sendAsOther, 1000 / setup.otherPerSecond)
	: undefined;

process.on('message', (question: Question) => {
	if (question === 'stats') process.send?.(stats());
	else void close();
});
process.on('disconnect', () => process.exit());
process.send?.({ url: emulator.url });

function stats(): ServerStats {
	const ours = requests.filter((record) => !isOther(record));
	const others = requests.filter(isOther);
	const throttled = (records: RecordedRequest[]) =>
		records.filter(({ status }) => status === 429).length;
	const result = {
		requests: ours.length,
		throttled: throttled(ours),
		arrivals: ours.map(({ arrivedAt, status }) => ({ at: arrivedAt, throttled: status === 429 })),
		lastAnsweredAt,
		mostUnderWay,
		otherRequests: others.length,
		otherThrottled: throttled(others),
		models: emulator.app().models.size,
		files: emulator
			.app()
			.inputs.values()
			.map(({ media }) => media.key),
		predicted: ours
			.filter(({ rpc, status }) => rpc === 'PostModelOutputs' && status === 200)
			.reduce((sum, { body }) => sum + (body as { inputs: unknown[] }).inputs.length, 0),
	};
	requests.length = 0;
	mostUnderWay = underWay;
	return result;
}

async function close() {
	clearInterval(interval);
	await emulator.close();
	process.disconnect();
}

function isOther({ headers }: RecordedRequest): boolean {
	return headers['user-agent'] === OTHER_PROGRAM;
}

function sendAsOther() {
	const headers = { authorization: `Key ${DEMO.pat}`, 'user-agent': OTHER_PROGRAM };
	const path = `/v2/users/${DEMO.userId}/apps/${DEMO.appId}`;
	const sent = request(emulator.url + path, { headers }, (response) => response.resume());
	sent.on('error', () => undefined);
	sent.end();
}
