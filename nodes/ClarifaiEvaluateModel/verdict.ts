import { metricLabel, type MetricName } from './metricNames';

export interface Comparison {
	metric: MetricName;
	/** Of the version that is to go live, if it could be told. */
	value?: number;
	/** What it is compared with; absent where there is nothing to compare with. */
	baseline?: Baseline;
	minimumValue?: number;
	minimumGain?: number;
}

export interface Baseline {
	/** As it stands in a sentence: "the live version", "version 3ad2c152". */
	name: string;
	value?: number;
	/** The version that is to go live is this one already. */
	isSameVersion?: boolean;
}

export interface Verdict {
	passed: boolean;
	/** Why, in a sentence. */
	reason: string;
	/** Above the baseline; negative below it. */
	gain?: number;
}

/** Whether a version is good enough to go live: what is unknown or merely as good never is. */
export function verdict(comparison: Comparison): Verdict {
	const { metric, baseline, minimumValue, minimumGain } = comparison;
	const label = metricLabel(metric);
	const value = rounded(comparison.value);
	const baselineValue = rounded(baseline?.value);
	const gain =
		value === undefined || baselineValue === undefined ? undefined : round4(value - baselineValue);
	const conclude = (passed: boolean, reason: string): Verdict => ({
		passed,
		reason,
		...(gain === undefined ? {} : { gain }),
	});

	if (baseline?.isSameVersion)
		return conclude(false, `This version is ${baseline.name} itself: there is nothing to gain`);
	if (value === undefined) return conclude(false, `There is no value for ${label}`);
	const judged = `${label}: ${shown(value)}`;
	if (minimumValue !== undefined && value < round4(minimumValue))
		return conclude(false, `${judged}, below the minimum of ${shown(minimumValue)}`);
	if (!baseline) {
		return conclude(
			true,
			minimumValue === undefined
				? `${judged}, with no version to compare it with`
				: `${judged}, which reaches the minimum of ${shown(minimumValue)}`,
		);
	}
	if (baselineValue === undefined || gain === undefined)
		return conclude(false, `There is no value for ${label} of ${baseline.name} to compare with`);
	const compared = `${shown(baselineValue)} of ${baseline.name}`;
	if (gain === 0) return conclude(false, `${judged}, the same as ${baseline.name}`);
	if (gain < 0) return conclude(false, `${judged}, below the ${compared}`);
	const above = `${judged}, ${shown(gain)} above the ${compared}`;
	if (minimumGain !== undefined && gain <= round4(minimumGain))
		return conclude(
			false,
			`${above}, but not by more than the minimum gain of ${shown(minimumGain)}`,
		);
	return conclude(true, above);
}

/** Clarifai's values are 32-bit floats: further digits differ without meaning. */
export function round4(value: number): number {
	return Number(value.toFixed(4));
}

function rounded(value: number | undefined): number | undefined {
	return value !== undefined && Number.isFinite(value) ? round4(value) : undefined;
}

const shown = (value: number) => value.toFixed(4);
