import { withRows, type Row } from '../../compatibility/table.mts';

const empty = 'Before\n<!-- compatibility:start -->\n<!-- compatibility:end -->\nAfter\n';

const row = (n8n: string, changes: Partial<Row> = {}): Row => ({
	n8n,
	node: '24.1.0',
	loads: 'yes',
	listed: 'yes, 7',
	chain: 'yes',
	date: '2026-01-31',
	otherXlsx: false,
	...changes,
});

test('rows are sorted by version, and what is around the table stays', () => {
	const readme = withRows(empty, [row('2.10.0'), row('1.85.3'), row('2.9.0')]);

	expect([...readme.matchAll(/^\| (\d\S*)/gm)].map(([, version]) => version)).toEqual([
		'1.85.3',
		'2.9.0',
		'2.10.0',
	]);
	expect(readme).toMatch(/^Before\n<!--[^]*-->\nAfter\n$/);
});

test('a later check replaces its version and keeps the others, with their footnote', () => {
	const first = withRows(empty, [row('1.85.3', { otherXlsx: true }), row('2.9.0')]);
	const second = withRows(first, [row('2.9.0', { chain: 'no: a | b', date: '2026-02-01' })]);

	expect(second).toContain('| 1.85.3 ¹ | 24.1.0 | yes | yes, 7 | yes | 2026-01-31 |');
	expect(second).toContain('| 2.9.0 | 24.1.0 | yes | yes, 7 | no: a / b | 2026-02-01 |');
	expect(second).toContain('\n¹ ');
	expect(withRows(second, [])).toBe(second);
});

test('a README without the markers is refused', () => {
	expect(() => withRows('# Title', [row('2.9.0')])).toThrow('README.md lacks the lines');
});
