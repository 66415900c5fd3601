import { n8nLogger } from './n8n.mts';

interface InternalLogger {
	log(level: string, message: string, metadata?: object): void;
	child(): InternalLogger;
}

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
	n8nLogger<{ setInternalLogger(logger: InternalLogger): void }>().setInternalLogger(keeping);
	return lines;
}
