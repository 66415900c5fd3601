import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { DEMO, startEmulator } from '../../emulator/emulator.mts';
import { TestClient } from '../../emulator/testClient.mts';

const MAIN = fileURLToPath(new URL('../../emulator/main.mts', import.meta.url));
const TSX = createRequire(import.meta.url).resolve('tsx');

function run(...args: string[]) {
	const child = spawn(process.execPath, ['--import', `file://${TSX}`, MAIN, ...args]);
	let output = '';
	child.stdout.on('data', (chunk) => (output += String(chunk)));
	child.stderr.on('data', (chunk) => (output += String(chunk)));
	const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
	return {
		child,
		exit,
		output: () => output,
		printed: async (pattern: RegExp) => {
			for (;;) {
				const match = pattern.exec(output);
				if (match) return match;
				if (child.exitCode !== null) throw new Error(output);
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		},
	};
}

test('prints what to enter in n8n, logs requests without the token, and ends on Ctrl-C', async () => {
	const cli = run('--port', '0', '--training-seconds', '0', '--enums', 'names');
	const url = (await cli.printed(/http:\/\/127\.0\.0\.1:\d+/))[0];
	const welcome = cli.output();
	for (const text of [DEMO.pat, DEMO.userId, DEMO.appId]) expect(welcome).toContain(text);

	const client = new TestClient({ url } as Awaited<ReturnType<typeof startEmulator>>);
	expect((await client.get('/models')).code).toBe('SUCCESS');
	await cli.printed(
		/GET \/v2\/users\/demo-user\/apps\/demo-app\/models \(ListModels\) → 200 10000/,
	);
	expect(cli.output().slice(welcome.length)).not.toContain(DEMO.pat);

	cli.child.kill('SIGINT');
	expect(await cli.exit).toBe(0);
});

test('explains a taken port, a bad option, and itself', async () => {
	const emulator = await startEmulator();
	const runs = [
		run('--port', String(emulator.port)),
		run('--port', 'x'),
		run('--nonsense'),
		run('--untidiness', '{"tidy": true}'),
		run('--platform', 'cloud'),
		run('--help'),
	];
	expect(await Promise.all(runs.map(({ exit }) => exit))).toEqual([1, 1, 1, 1, 1, 0]);
	const [taken, badNumber, badOption, badWay, badKind, help] = runs.map(({ output }) => output());
	expect(taken).toBe(
		`Port ${emulator.port} is taken. Stop what runs there or choose another one with --port.\n`,
	);
	expect(badNumber).toBe("--port: expected a number, got 'x'\n");
	expect(badOption).toContain("'--nonsense'");
	expect(badWay).toContain("--untidiness: 'tidy' is none of dateAheadSeconds, ");
	expect(badKind).toBe("--platform: expected hosted, selfHosted or both, got 'cloud'\n");
	expect(help).toContain('--training-seconds');
	await emulator.close();
});

test('behaves as untidily as it is told', async () => {
	const cli = run('--port', '0', '--untidiness', '{"pageCap": 2}');
	const url = (await cli.printed(/http:\/\/127\.0\.0\.1:\d+/))[0];
	await cli.printed(/Untidiness: \{"pageCap":2\}/);

	const client = new TestClient({ url } as Awaited<ReturnType<typeof startEmulator>>);
	expect((await client.get('/concepts?per_page=100')).json.concepts).toHaveLength(2);

	cli.child.kill('SIGINT');
	await cli.exit;
});
