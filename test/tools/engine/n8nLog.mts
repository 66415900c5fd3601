import { createRequire } from 'node:module';
import './n8n.mts';

const load = createRequire(import.meta.url);
const loadAsCore = createRequire(load.resolve('n8n-core'));

interface InternalLogger {
	log(level: string, message: string, metadata?: object): void;
	child(): InternalLogger;
}

const { Logger } = loadAsCore('@n8n/backend-common') as { Logger: new () => unknown };
const { Container } = loadAsCore('@n8n/di') as {
	Container: { get(type: unknown): { setInternalLogger(logger: InternalLogger): void } };
};

/** From now on, what n8n and its nodes write into the log goes into this list. */
export function keepLog(): string[] {
	const lines: string[] = [];
	const keeping: InternalLogger = {
		log: (_level, message, metadata) =>
			void lines.push(
				metadata && Object.keys(metadata).length > 0
					? `${message} ${JSON.stringify(metadata)}`
					: message,
			),
		child: () => keeping,
	};
	Container.get(Logger).setInternalLogger(keeping);
	return lines;
}
