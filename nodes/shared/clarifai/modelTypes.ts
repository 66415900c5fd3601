/**
 * The model types of Clarifai's deep fine-tuning guide. Only for putting them first in a list: which
 * types and templates exist is always asked of the platform.
 */
const DEEP_FINE_TUNING: ReadonlySet<string> = new Set([
	'visual-classifier',
	'visual-detector',
	'visual-embedder',
	'text-classifier',
	'visual-segmenter',
	'visual-anomaly-heatmap',
]);

export function isDeepFineTuning(modelTypeId: string): boolean {
	return DEEP_FINE_TUNING.has(modelTypeId);
}
