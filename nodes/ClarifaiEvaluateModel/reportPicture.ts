import type { EvaluationResult } from './evaluationResult';
import { metricLabel, type MetricName } from './metricNames';
import { Canvas } from './picture/canvas';
import { BACKGROUND, FAINT } from './picture/colors';
import { conceptRows, type ComparedVersion } from './picture/conceptRows';
import { drawTable, tableLayout } from './picture/conceptTable';
import { drawHeading, headingHeight } from './picture/heading';
import { named } from './picture/words';
import type { Verdict } from './verdict';

export interface Report {
	modelId: string;
	modelVersionId: string;
	metric: MetricName;
	value?: number;
	verdict: Verdict;
	result: EvaluationResult;
	/** What it was compared with, named as in the verdict. */
	baseline?: ComparedVersion;
}

export interface ReportFile {
	data: Uint8Array;
	mimeType: 'image/png';
	fileName: string;
}

const MARGIN = 28;
const MIN_WIDTH = 700;
const GAP = 22;

/**
 * The result as a picture. A PNG, for n8n shows no SVG that it keeps outside the execution's data:
 * its `ViewableMimeTypes` leave it out.
 */
export function reportPicture(report: Report): ReportFile {
	const { modelId, modelVersionId, verdict, result, baseline } = report;
	const table = conceptRows(result, baseline);
	const layout = table.rows.length > 0 ? tableLayout(table, MIN_WIDTH) : undefined;
	const width = Math.max(MIN_WIDTH, layout?.width ?? 0);
	const heading = {
		version: `${named(modelId, 'Model')}, version ${modelVersionId}`,
		value: `${metricLabel(report.metric)}: ${report.value?.toFixed(4) ?? 'no value'}`,
		passed: verdict.passed,
		reason: named(verdict.reason, ''),
	};
	const above = headingHeight(heading, width);
	const height = above + (layout ? GAP + layout.height : 0);
	const canvas = new Canvas(width + 2 * MARGIN, height + 2 * MARGIN, FAINT);
	canvas.fill(1, 1, canvas.width - 2, canvas.height - 2, BACKGROUND);
	drawHeading(canvas, heading, MARGIN, MARGIN, width);
	if (layout) drawTable(canvas, table, layout, MARGIN, MARGIN + above + GAP);
	return {
		data: canvas.toPng(),
		mimeType: 'image/png',
		fileName: `evaluation-${fileSafe(modelId)}-${fileSafe(modelVersionId).slice(0, 8)}.png`,
	};
}

const fileSafe = (id: string) => id.replace(/[^\w.-]/g, '_');
