import type { ConceptResult, ConfusionMatrix, EvaluationResult } from '../evaluationResult';
import { grouped, named } from './words';

/** What the evaluated version is compared with. */
export interface ComparedVersion {
	name: string;
	perConcept: readonly ConceptResult[];
}

/** One line of the picture. */
export interface ConceptRow {
	concept: string;
	/** As it is drawn. */
	name: string;
	examples?: number;
	value?: number;
	otherValue?: number;
}

export interface ConceptRows {
	rows: ConceptRow[];
	/** What the values are, and which concepts are shown where there are too many. */
	title: string;
	/** The version that the other values are of, where any is known. */
	comparedWith?: string;
	/** Of the rows' concepts; absent where they are too many to read. */
	matrix?: ConfusionMatrix;
}

/** More would not fit into n8n's panel, and a larger matrix could not be read. */
const MAX_ROWS = 20;

/** Which concepts are shown, and which figure of theirs. */
export function conceptRows(result: EvaluationResult, compared?: ComparedVersion): ConceptRows {
	const figure = figureOf(result.perConcept);
	const others = new Map(compared?.perConcept.map((entry) => [entry.concept, entry]));
	const all = result.perConcept.map(
		(entry, index): ConceptRow => ({
			concept: entry.concept,
			name: named(entry.concept, `concept ${index + 1}`),
			examples: entry.examples,
			value: figure && entry[figure.key],
			otherValue: figure && others.get(entry.concept)?.[figure.key],
		}),
	);
	const { confusion } = result;
	const isFew = all.length <= MAX_ROWS;
	const lowest = [...all].sort((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity));
	const rows = isFew ? all : lowest.slice(0, MAX_ROWS);
	const label = figure?.label ?? '';
	return {
		rows,
		title: isFew ? label : `${label}: the ${MAX_ROWS} lowest of ${grouped(all.length)} concepts`,
		...(rows.some(({ otherValue }) => otherValue !== undefined)
			? { comparedWith: compared?.name }
			: {}),
		...(confusion && isFew ? { matrix: confusion } : {}),
	};
}

const FIGURES = [
	{ key: 'f1', label: 'F1' },
	{ key: 'averagePrecision', label: 'Average precision at IoU 0.5' },
	{ key: 'recall', label: 'Recall' },
] as const;

/** Which figure the evaluation tells of its concepts. */
function figureOf(perConcept: readonly ConceptResult[]) {
	return FIGURES.find(({ key }) => perConcept.some((entry) => entry[key] !== undefined));
}
