import { basename, delimiter, dirname } from 'node:path';
import { runCommand } from './child.mts';

export interface NpmOptions {
	cwd: string;
	/** The Node binary that npm and the install scripts run on. */
	node: string;
	env?: NodeJS.ProcessEnv;
	signal?: AbortSignal;
}

export async function npm(args: string[], options: NpmOptions): Promise<string> {
	const ownNpm = process.env.npm_execpath;
	const [command, first] =
		ownNpm && basename(ownNpm) === 'npm-cli.js' ? [options.node, [ownNpm]] : ['npm', []];
	return await runCommand(command, [...first, ...args], {
		what: `npm ${args.slice(0, 2).join(' ')}`,
		cwd: options.cwd,
		env: { ...npmEnv(), ...withNodeFirst(options.node), ...options.env },
		signal: options.signal,
	});
}

export const withNodeFirst = (node: string) => ({
	PATH: [dirname(node), process.env.PATH].join(delimiter),
});

/** `npm run` hands its scripts this repository's settings, such as ignore-scripts, which are not meant for n8n's install. */
function npmEnv(): NodeJS.ProcessEnv {
	const repositorys =
		/^(npm_(package|lifecycle|config_(ignore_scripts|local_prefix|nodedir))|INIT_CWD|NODE_ENV|NODE_OPTIONS)/i;
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !repositorys.test(name)),
	);
}
