/** A table in Markdown, with its columns aligned for reading in a terminal. */
export function table(header: string[], rows: string[][]): string {
	const widths = header.map((name, column) =>
		Math.max(3, name.length, ...rows.map((row) => row[column].length)),
	);
	const line = (cells: string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
	const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
	return [line(header), rule, ...rows.map(line)].join('\n');
}
