import type { JsonObject } from '../../../../nodes/shared/clarifai/json.ts';
import { readPipeline, readPipelineRun } from '../../../../nodes/shared/clarifai/pipelines.ts';

const parameters = (values: Record<string, string>) =>
	Object.entries(values).map(([name, value]) => ({ name, value }));

const override = (values: Record<string, string>) => ({
	input_args_override: { argo_args_override: { parameters: parameters(values) } },
});

/** The specification as Clarifai's CLI uploads it, with the arguments baked in. */
const specification = (values: Record<string, string>) => ({
	orchestration_spec: {
		argo_orchestration_spec: {
			api_version: 'v1alpha1',
			spec_json: JSON.stringify({
				apiVersion: 'argoproj.io/v1alpha1',
				kind: 'Workflow',
				spec: { entrypoint: 'sequence', arguments: { parameters: parameters(values) } },
			}),
		},
	},
});

describe('a run', () => {
	it('is read with its IDs, status and times', () => {
		const raw = {
			id: 'r',
			pipeline_version: { id: 'v', pipeline_id: 'p' },
			orchestration_status: { status: { code: 64002 } },
			created_at: '2026-01-05T12:00:00Z',
			started_at: '2026-01-05T12:00:10Z',
			ended_at: '2026-01-05T12:01:40.5Z',
		};

		expect(readPipelineRun(raw)).toEqual({
			id: 'r',
			pipelineId: 'p',
			pipelineVersionId: 'v',
			status: { code: 64002 },
			createdAt: '2026-01-05T12:00:00Z',
			startedAt: '2026-01-05T12:00:10Z',
			endedAt: '2026-01-05T12:01:40.5Z',
			durationSeconds: 90.5,
			arguments: {},
			raw,
		});
	});

	it("takes Clarifai's own duration where it is shown", () => {
		const raw = {
			total_run_duration: '308s',
			started_at: '2026-01-05T12:00:00Z',
			ended_at: '2026-01-05T12:00:01Z',
		};

		expect(readPipelineRun(raw).durationSeconds).toBe(308);
	});

	it('may show nothing at all', () => {
		expect(readPipelineRun({})).toEqual({ status: {}, arguments: {}, raw: {} });
	});
});

describe("a run's arguments", () => {
	it.each<[string, JsonObject, Record<string, string>]>([
		['those of the override', override({ model_id: 'm', n: '2' }), { model_id: 'm', n: '2' }],
		[
			"those that Clarifai's CLI has baked into the run's specification",
			specification({ model_id: 'm' }),
			{ model_id: 'm' },
		],
		[
			"those that Clarifai's CLI has baked into the version's specification",
			{ pipeline_version: { id: 'v', ...specification({ model_id: 'm' }) } },
			{ model_id: 'm' },
		],
		[
			'the override before what is baked in',
			{ ...specification({ model_id: 'template', user_id: 'u' }), ...override({ model_id: 'm' }) },
			{ model_id: 'm', user_id: 'u' },
		],
		[
			'empty where they have no value',
			{ input_args_override: { argo_args_override: { parameters: [{ name: 'a' }, {}] } } },
			{ a: '' },
		],
		[
			'none where the specification is damaged',
			{ orchestration_spec: { argo_orchestration_spec: { spec_json: '{"spec":' } } },
			{},
		],
		[
			'none where the specification is no object',
			{ orchestration_spec: { argo_orchestration_spec: { spec_json: '[1]' } } },
			{},
		],
	])('are %s', (_what, raw, expected) => {
		expect(readPipelineRun(raw).arguments).toEqual(expected);
	});
});

it('a pipeline is read with its newest version', () => {
	const raw = { id: 'p', pipeline_version: { id: 'v' }, created_at: '2026-01-05T12:00:00Z' };

	expect(readPipeline(raw)).toEqual({
		id: 'p',
		versionId: 'v',
		createdAt: '2026-01-05T12:00:00Z',
		raw,
	});
	expect(readPipeline({ id: 'p' }).versionId).toBeUndefined();
});
