/** What was seen on one version of n8n. A cell that starts with "yes" is a success. */
export interface Row {
	n8n: string;
	node: string;
	loads: string;
	listed: string;
	chain: string;
	/** Such as 2026-01-31. */
	date: string;
	/** n8n took the spreadsheet library xlsx from npm instead of from its maker's server. */
	otherXlsx: boolean;
}

const START = '<!-- compatibility:start -->';
const END = '<!-- compatibility:end -->';
const MARK = ' ¹';
const HEAD = [
	'| n8n | Node.js | Package loads | All nodes listed | Chain runs | Checked |',
	'|---|---|---|---|---|---|',
];
const FOOTNOTE =
	'¹ With the spreadsheet library `xlsx` from npm: n8n takes another version of it from a host outside npm, which could not be reached. These nodes do not use it.';

/** Puts the rows into the README's table; rows of other versions stay as they are. */
export function withRows(readme: string, rows: Row[]): string {
	const start = readme.indexOf(START);
	const end = readme.indexOf(END);
	if (start < 0 || end < start) throw new Error(`README.md lacks the lines ${START} and ${END}`);
	const from = start + START.length;

	const merged = new Map<string, Row>();
	for (const row of [...parse(readme.slice(from, end)), ...rows]) merged.set(row.n8n, row);
	const sorted = [...merged.values()].sort((a, b) => compareVersions(a.n8n, b.n8n));
	return `${readme.slice(0, from)}\n${render(sorted)}\n${readme.slice(end)}`;
}

function render(rows: Row[]): string {
	const lines = rows.map(({ n8n, node, loads, listed, chain, date, otherXlsx }) => {
		const cells = [n8n + (otherXlsx ? MARK : ''), node, loads, listed, chain, date];
		return `| ${cells.map(asCell).join(' | ')} |`;
	});
	const footnote = rows.some(({ otherXlsx }) => otherXlsx) ? ['', FOOTNOTE] : [];
	return [...HEAD, ...lines, ...footnote].join('\n');
}

function parse(table: string): Row[] {
	const lines = table.split('\n').filter((line) => /^\| \d/.test(line));
	return lines.map((line) => {
		const [version, node, loads, listed, chain, date] = line.slice(2, -2).split(' | ');
		const n8n = version.replace(MARK, '');
		return { n8n, node, loads, listed, chain, date, otherXlsx: n8n !== version };
	});
}

const asCell = (text: string) => text.replace(/\s+/g, ' ').replace(/\|/g, '/').slice(0, 120);

function compareVersions(a: string, b: string): number {
	return a.localeCompare(b, 'en', { numeric: true });
}
