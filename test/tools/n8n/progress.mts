export interface Progress {
	say(line: string): void;
	/** Names a long step and shows the elapsed time while it runs. */
	step<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export const silent: Progress = {
	say() {},
	step: async (_name, work) => await work(),
};

export function printedProgress(out: NodeJS.WriteStream = process.stderr): Progress {
	return {
		say: (line) => void out.write(`${line}\n`),
		async step(name, work) {
			const started = Date.now();
			const elapsed = () => formatSeconds((Date.now() - started) / 1000);
			const rewrite = (text: string) => out.write(out.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);
			rewrite(`  ${name} ...`);
			const timer = setInterval(
				() => rewrite(`  ${name} ... ${elapsed()}`),
				out.isTTY ? 1_000 : 30_000,
			);
			try {
				const result = await work();
				rewrite(`  ${name}: done in ${elapsed()}${out.isTTY ? '\n' : ''}`);
				return result;
			} catch (error) {
				rewrite(`  ${name}: not finished after ${elapsed()}${out.isTTY ? '\n' : ''}`);
				throw error;
			} finally {
				clearInterval(timer);
			}
		},
	};
}

function formatSeconds(seconds: number): string {
	const whole = Math.round(seconds);
	return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
