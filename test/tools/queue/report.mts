/** Prints what was seen, and remembers whether all of it was as expected. */
export class Report {
	private failures = 0;

	heading(text: string) {
		console.log(`\n${text}`);
	}

	say(text: string) {
		console.log(`  ${text}`);
	}

	/** A figure with the value that it must have. */
	expect(what: string, seen: unknown, expected: unknown) {
		const [seenText, expectedText] = [JSON.stringify(seen), JSON.stringify(expected)];
		const right = seenText === expectedText;
		if (!right) this.failures++;
		console.log(
			right
				? `  ok      ${what}: ${seenText}`
				: `  NOT OK  ${what}: ${seenText}, expected ${expectedText}`,
		);
	}

	get succeeded(): boolean {
		return this.failures === 0;
	}
}

/** Such as {"success": 47, "error": 3}. */
export function countBy<T>(things: T[], keyOf: (thing: T) => string): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const thing of things) counts[keyOf(thing)] = (counts[keyOf(thing)] ?? 0) + 1;
	return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}

export const secondsSince = (begun: number) => ((Date.now() - begun) / 1000).toFixed(0);
