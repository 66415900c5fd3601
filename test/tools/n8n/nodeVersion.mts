type Version = [major: number, minor: number, patch: number];

/** Enough of npm's range syntax for the `engines.node` of n8n's releases: `>=24.0.0`, `>=20.19 <= 24.x`, `a || b`. */
export function nodeVersionFits(version: string, range: string): boolean {
	const parts = version.replace(/^v/, '').split('.').map(Number) as Version;
	return range
		.split('||')
		.some((set) =>
			[...set.matchAll(/(>=|<=|>|<|\^|~|=)?\s*v?([\dx*]+(?:\.[\dx*]+)*)/g)].every(
				([, operator, bound]) => fits(parts, operator ?? '=', bound),
			),
		);
}

function fits(version: Version, operator: string, bound: string): boolean {
	const wanted = bound
		.split('.')
		.filter((part) => /^\d+$/.test(part))
		.map(Number);
	const difference = wanted.reduce((found, part, i) => found || version[i] - part, 0);
	switch (operator) {
		case '>=':
			return difference >= 0;
		case '<=':
			return difference <= 0;
		case '>':
			return difference > 0;
		case '<':
			return difference < 0;
		case '^':
			return version[0] === wanted[0] && difference >= 0;
		case '~':
			return (
				version[0] === wanted[0] && version[1] === (wanted[1] ?? version[1]) && difference >= 0
			);
		default:
			return difference === 0;
	}
}
