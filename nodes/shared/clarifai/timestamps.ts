/**
 * Which of two RFC 3339 timestamps is later: negative, zero or positive. They have no or up to nine
 * decimal places, so that neither their texts nor JavaScript's dates compare right.
 */
export function compareTimes(a: string, b: string): number {
	const [left, right] = [fullTime(a), fullTime(b)];
	return left < right ? -1 : left > right ? 1 : 0;
}

function fullTime(timestamp: string): string {
	return timestamp.replace(
		/(?:\.(\d*))?Z$/,
		(_all, decimals: string | undefined) => `.${(decimals ?? '').padEnd(9, '0')}Z`,
	);
}
