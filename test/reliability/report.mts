import { appendFileSync } from 'node:fs';
import type { Emulator } from '../tools/emulator/emulator.mts';

/**
 * Appends what a run of the fault suite was about to the file that RELIABILITY_REPORT names, if any:
 * the figures in docs/reliability.md.
 */
export function report(title: string, emulator: Emulator, results: Record<string, number>): void {
	const file = process.env.RELIABILITY_REPORT;
	if (!file) return;
	const { faults, requests } = emulator;
	const figures = { requests: requests.length, faults: faults.total, ...results };
	appendFileSync(file, `${JSON.stringify({ title, ...figures, byKind: faults.injected })}\n`);
}
