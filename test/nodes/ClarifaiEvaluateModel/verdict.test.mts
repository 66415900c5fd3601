import fc from 'fast-check';
import { round4, verdict } from '../../../nodes/ClarifaiEvaluateModel/verdict.ts';

const live = (value?: number) => ({ name: 'the live version', value });

describe('compared with the live version', () => {
	it.each([
		[0.881, 0.865, 'Macro F1: 0.8810, 0.0160 above the 0.8650 of the live version'],
		[0.0001, 0, 'Macro F1: 0.0001, 0.0001 above the 0.0000 of the live version'],
	])('%d passes %d', (value, liveValue, reason) => {
		expect(verdict({ metric: 'macroF1', value, baseline: live(liveValue) })).toEqual({
			passed: true,
			reason,
			gain: round4(value - liveValue),
		});
	});

	it.each([
		['the same', 0.865, 0.865, 'Macro F1: 0.8650, the same as the live version'],
		['below', 0.86, 0.865, 'Macro F1: 0.8600, below the 0.8650 of the live version'],
		[
			'above by less than four digits show',
			0.8650384,
			0.865001,
			'Macro F1: 0.8650, the same as the live version',
		],
	])('%s does not pass', (_what, value, liveValue, reason) => {
		const result = verdict({ metric: 'macroF1', value, baseline: live(liveValue) });

		expect(result).toMatchObject({ passed: false, reason });
		expect(result.gain).toBeLessThanOrEqual(0);
	});

	it('what is live itself does not pass', () => {
		const baseline = { ...live(0.8), isSameVersion: true };

		expect(verdict({ metric: 'macroF1', value: 0.8, baseline, minimumValue: 0.1 })).toEqual({
			passed: false,
			reason: 'This version is the live version itself: there is nothing to gain',
			gain: 0,
		});
	});
});

describe('the minimum gain', () => {
	const gained = (value: number, minimumGain: number) =>
		verdict({ metric: 'map50', value, baseline: live(0.7), minimumGain });

	it('has to be exceeded', () => {
		// 0.8 - 0.7 is 0.10000000000000009.
		expect(gained(0.8, 0.1)).toMatchObject({
			passed: false,
			reason:
				'mAP at IoU 0.5: 0.8000, 0.1000 above the 0.7000 of the live version, but not by more than the minimum gain of 0.1000',
		});
		expect(gained(0.8001, 0.1)).toMatchObject({ passed: true, gain: 0.1001 });
	});

	it('below 0 lets nothing pass that is not better', () => {
		expect(gained(0.69, -0.1).passed).toBe(false);
		expect(gained(0.7, -0.1).passed).toBe(false);
	});

	it('means nothing without a version to compare with', () => {
		expect(verdict({ metric: 'map', value: 0.2, minimumGain: 0.5 }).passed).toBe(true);
	});
});

describe('the minimum value', () => {
	it('is passed from the value on', () => {
		const at = (value: number) => verdict({ metric: 'accuracy', value, minimumValue: 0.9 });

		expect(at(0.9)).toEqual({
			passed: true,
			reason: 'Accuracy: 0.9000, which reaches the minimum of 0.9000',
		});
		expect(at(0.89996).passed).toBe(true);
		expect(at(0.8999)).toEqual({
			passed: false,
			reason: 'Accuracy: 0.8999, below the minimum of 0.9000',
		});
	});

	it('is needed beside the gain', () => {
		const judged = (value: number) =>
			verdict({ metric: 'accuracy', value, baseline: live(0.5), minimumValue: 0.9 }).passed;

		expect(judged(0.8)).toBe(false);
		expect(judged(0.91)).toBe(true);
	});

	it('of none lets a first version pass', () => {
		expect(verdict({ metric: 'macroF1', value: 0.3 })).toEqual({
			passed: true,
			reason: 'Macro F1: 0.3000, with no version to compare it with',
		});
	});
});

describe('a missing value', () => {
	it.each([[undefined], [NaN], [Infinity]])('of the new version (%s) never passes', (value) => {
		const expected = { passed: false, reason: 'There is no value for ROC AUC' };

		expect(verdict({ metric: 'rocAuc', value })).toEqual(expected);
		expect(verdict({ metric: 'rocAuc', value, minimumValue: 0 })).toEqual(expected);
		expect(verdict({ metric: 'rocAuc', value, baseline: live(0.1) })).toEqual(expected);
	});

	it.each([[undefined], [NaN]])('of the live version (%s) never passes', (value) => {
		expect(
			verdict({ metric: 'rocAuc', value: 1, baseline: live(value), minimumValue: 0.5 }),
		).toEqual({
			passed: false,
			reason: 'There is no value for ROC AUC of the live version to compare with',
		});
	});
});

it('lets no version pass that is not better, whatever the numbers', () => {
	const share = fc.double({ min: 0, max: 1, noNaN: true });
	fc.assert(
		fc.property(
			share,
			share,
			fc.option(share, { nil: undefined }),
			(value, liveValue, minimumGain) => {
				const result = verdict({
					metric: 'macroF1',
					value,
					baseline: live(liveValue),
					minimumGain,
				});

				expect(result.passed).toBe(
					round4(value) > round4(liveValue) && result.gain! > round4(minimumGain ?? 0),
				);
			},
		),
	);
});
