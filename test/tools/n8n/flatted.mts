/**
 * Reads the form in which n8n stores run data: a table in which every string inside an object or
 * list is the index of another entry, so that shared and circular values survive.
 */
export function parseFlatted<T>(text: string): T {
	const table = JSON.parse(text) as unknown[];
	const built = new Map<number, unknown>();

	function entry(index: number): unknown {
		const stored = table[index];
		if (typeof stored !== 'object' || stored === null) return stored;
		if (built.has(index)) return built.get(index);
		const value = (Array.isArray(stored) ? [] : {}) as Record<string, unknown>;
		built.set(index, value);
		for (const [key, content] of Object.entries(stored)) {
			value[key] = typeof content === 'string' ? entry(Number(content)) : content;
		}
		return value;
	}
	return entry(0) as T;
}
