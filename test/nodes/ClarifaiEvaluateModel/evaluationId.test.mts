import {
	evaluatedVersions,
	EVALUATE,
	flowers,
	onApril,
	onHeldOut,
	passed,
	setUpRivals,
} from './evaluateSetup.mts';

const named = (evaluationId: string) => onApril({ compareWith: 'nothing' }, { evaluationId });

describe('Evaluation ID', () => {
	it('names the evaluation', async () => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, named('nightly'), {
			items: [flowers(platform.better)],
		});

		expect(passed(result)).toMatchObject([{ evaluationId: 'nightly' }]);
		expect([...platform.emulator.app().evaluations.keys()]).toEqual(['nightly']);
	});

	it('of an evaluation that exists reuses it', async () => {
		const platform = await setUpRivals();
		const { run, better } = platform;
		await run(EVALUATE, named('nightly'), { items: [flowers(better)] });

		const again = await run(EVALUATE, named('nightly'), { items: [flowers(better)] });

		expect(passed(again)).toMatchObject([{ evaluationId: 'nightly', passed: true }]);
		expect(evaluatedVersions(platform)).toEqual([better]);
	});

	it('of an evaluation of another version is refused: its figures are not of this one', async () => {
		const platform = await setUpRivals();
		const { run, better, worse } = platform;
		await run(EVALUATE, named('nightly'), { items: [flowers(better)] });

		const other = await run(EVALUATE, named('nightly'), { items: [flowers(worse)] });

		expect(other.error?.message).toContain(
			`Evaluation "nightly" is one of version ${better} of model "flowers"`,
		);
		expect(other.error?.description).toContain("'Evaluation ID'");
		expect(evaluatedVersions(platform)).toEqual([better]);
	});

	it('of an evaluation on other data is refused', async () => {
		const platform = await setUpRivals();
		const { run, better } = platform;
		await run(EVALUATE, named('nightly'), { items: [flowers(better)] });

		const other = await run(
			EVALUATE,
			onHeldOut({ compareWith: 'nothing', additionalFields: { evaluationId: 'nightly' } }),
			{ items: [flowers(better)] },
		);

		expect(other.error?.message).toContain(
			'Evaluation "nightly" is one on version april of dataset',
		);
	});

	it('of several items has to differ', async () => {
		const platform = await setUpRivals();
		const { run, better, worse } = platform;

		const result = await run(EVALUATE, named('nightly'), {
			items: [flowers(better), flowers(worse)],
			settings: { onError: 'continueErrorOutput' },
		});

		expect(passed(result)).toMatchObject([{ modelVersionId: better }]);
		expect(result.outputs(2)).toMatchObject([
			{ json: { error: expect.stringContaining('Evaluation "nightly" is one of version') } },
		]);
	});

	it('is made from version and data where none is given: always the same, and of its own', async () => {
		const platform = await setUpRivals();
		const { run, better, worse } = platform;
		const parameters = onApril({ compareWith: 'nothing' });

		const first = await run(EVALUATE, parameters, { items: [flowers(better), flowers(worse)] });
		const second = await run(EVALUATE, parameters, { items: [flowers(better)] });

		const [one, two] = passed(first).map(({ evaluationId }) => evaluationId);
		expect(one).not.toBe(two);
		expect(passed(second)[0].evaluationId).toBe(one);
	});

	it.each([
		['an ID that is none', 'a b', "'Evaluation ID'"],
		[
			'an expression that gives nothing',
			'={{ $json.evaluationID }}',
			"'Evaluation ID' is an expression that gives nothing",
		],
	])('refuses %s', async (_what, evaluationId, message) => {
		const platform = await setUpRivals();

		const result = await platform.run(EVALUATE, named(evaluationId), {
			items: [flowers(platform.better)],
		});

		expect(result.error?.message).toContain(message);
		expect(evaluatedVersions(platform)).toEqual([]);
	});
});
