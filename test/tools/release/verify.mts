/**
 * What a release has to pass besides lint and tests: n8n's own scanner over the sources and over the
 * build, the same build from gulp and from n8n-node, a tarball with nothing but the package, and the
 * README's way of installing it by hand.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const run = (command: string, ...args: string[]) =>
	execFileSync(command, args, {
		cwd: root,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(
		directory: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

const problems = [
	...(await scanProblems()),
	...buildProblems(),
	...tarballProblems(),
	...installProblems(),
];
if (problems.length > 0) {
	console.error(problems.map((problem) => `- ${problem}`).join('\n'));
	process.exit(1);
}
console.log('Scanner, build, tarball and installation are clean.');

async function scanProblems(): Promise<string[]> {
	const { resolve } = createRequire(import.meta.url);
	const path = join(resolve('@n8n/scan-community-package/package.json'), '../scanner/scanner.mjs');
	const scanner = (await import(pathToFileURL(path).href)) as Scanner;
	const found: string[] = [];
	for (const [what, patterns] of [
		['sources', scanner.SOURCE_FILE_PATTERNS],
		['build', ['dist/**/*.js', 'package.json']],
	] as const) {
		const { passed, message, details } = await scanner.analyzePackage(root, [...patterns]);
		if (!passed) found.push(`n8n's scanner refuses the ${what}: ${message}\n${details ?? ''}`);
	}
	return found;
}

function buildProblems(): string[] {
	run('npx', 'gulp', 'build', '--silent');
	const kept = mkdtempSync(join(tmpdir(), 'n8n-nodes-clarifai-dist-'));
	cpSync(join(root, 'dist'), kept, { recursive: true });
	const ours = contents(kept);
	rmSync(kept, { recursive: true });
	run('npx', 'n8n-node', 'build');
	const theirs = contents(join(root, 'dist'));
	const files = [...new Set([...ours.keys(), ...theirs.keys()])];
	return files
		.filter((file) => ours.get(file) !== theirs.get(file))
		.map((file) => `gulp and n8n-node build differ in dist/${file}`);
}

function contents(directory: string): Map<string, string> {
	return new Map(
		readdirSync(directory, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name))
			.map((path) => [relative(directory, path), readFileSync(path, 'base64')]),
	);
}

function tarballProblems(): string[] {
	const [{ files, size, unpackedSize }] = JSON.parse(
		run('npm', 'pack', '--dry-run', '--json'),
	) as Array<{
		files: Array<{ path: string }>;
		size: number;
		unpackedSize: number;
	}>;
	console.log(`The tarball has ${files.length} files, ${size} bytes, ${unpackedSize} unpacked.`);
	return files
		.filter(
			({ path }) =>
				!/^(dist\/(nodes|credentials)\/|package\.json$|README\.md$|LICENSE\.md$)/.test(path),
		)
		.map(({ path }) => `the tarball has ${path}, which is not part of the package`);
}

/** The README's command, in an empty home, with the packed tarball in place of the published package. */
function installProblems(): string[] {
	const [, command] = /\*\*In Docker or by hand\*\*[^]*?```sh\n(.+)\n```/.exec(
		readFileSync(join(root, 'README.md'), 'utf8'),
	) ?? [undefined, ''];
	const home = mkdtempSync(join(tmpdir(), 'n8n-nodes-clarifai-home-'));
	try {
		const [{ filename }] = JSON.parse(run('npm', 'pack', '--json', '--pack-destination', home)) as [
			{ filename: string },
		];
		const { name, n8n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
			name: string;
			n8n: { nodes: string[]; credentials: string[] };
		};
		if (!command.endsWith(name)) return [`the README has no command that installs ${name}`];
		execFileSync('sh', ['-c', command.replace(new RegExp(`${name}$`), join(home, filename))], {
			env: { ...process.env, HOME: home },
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		const installed = join(home, '.n8n', 'nodes', 'node_modules', name);
		return [...n8n.nodes, ...n8n.credentials]
			.filter((file) => !existsSync(join(installed, file)))
			.map((file) => `after the README's installation there is no ${file}`);
	} finally {
		rmSync(home, { recursive: true });
	}
}
