import type { MetricName } from './metricNames';

/** What an evaluation says of a model version, whoever evaluated it. What is not known is absent. */
export interface EvaluationResult {
	metrics: Metrics;
	perConcept: ConceptResult[];
	confusion?: ConfusionMatrix;
}

export type Metrics = Partial<Record<MetricName, number>>;

export interface ConceptResult {
	concept: string;
	/** Inputs with this label; for detectors, labelled regions. */
	examples?: number;
	precision?: number;
	recall?: number;
	f1?: number;
	rocAuc?: number;
	/** Of detectors, at IoU 0.5. */
	averagePrecision?: number;
	/** Labelled regions that no predicted one meets. */
	missed?: number;
	/** Predicted regions on a labelled one that a better prediction meets already. */
	duplicates?: number;
	confusedWith: ConfusedWith[];
}

export interface ConfusedWith {
	concept: string;
	/** How many examples; Clarifai's own evaluation tells only the share. */
	count?: number;
	/** Of the examples of the actual concept. */
	share: number;
}

export interface ConfusionMatrix {
	concepts: string[];
	/** Whether the cells are numbers of examples, or shares of the actual concept's examples. */
	unit: 'count' | 'share';
	/** By actual, then by predicted concept; only what is not 0. */
	rows: ReadonlyMap<string, ReadonlyMap<string, number>>;
}
