import { writeFileSync } from 'node:fs';
import { pages } from './pages.mts';

/** Writes the tables of parameters in docs/nodes anew. */
for (const { path, text, renewed } of await pages()) {
	if (text === renewed) continue;
	writeFileSync(path, renewed);
	console.log(`${path} has a new table`);
}
process.exit();
