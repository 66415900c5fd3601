import {
	hasEnded,
	runState,
	trainingStateOf,
	versionState,
	type TrainingStatus,
} from '../../../../nodes/shared/clarifai/trainingState.ts';
import { trainingRemedy } from '../../../../nodes/shared/node/trainingRemedies.ts';

const QUEUED = [21102, 21103, 64000];
const TRAINING = [21101, 21104, 21107, 21351, 21352, 21354, 21355, 64001, 64008];
const TRAINED = [21100, 21353, 64002];
const FAILED = [
	21105, 21106, 21108, 21109, 21110, 21111, 21112, 21113, 21114, 21115, 21116, 21117, 21118, 21119,
	21350, 64003, 64004, 64006, 64007,
];

const table = (codes: number[], status: TrainingStatus) =>
	codes.map((code): [number, TrainingStatus] => [code, status]);

describe('the status', () => {
	it.each([
		...table(QUEUED, 'queued'),
		...table(TRAINING, 'training'),
		...table(TRAINED, 'trained'),
		...table(FAILED, 'failed'),
		// What is not known counts as under way.
		...table([10000, 21000, 21120, 21200, 21300, 21349, 21356, 22000, 64005, 99999], 'training'),
	])('of code %d is %s', (code, status) => {
		const state = trainingStateOf({ code, description: 'Words' });

		expect(state).toEqual({ status, code, description: 'Words' });
		expect(hasEnded(state)).toBe(status === 'trained' || status === 'failed');
	});

	it.each([
		['a name', { code: 'MODEL_TRAINED' }, 'trained', 21100],
		['a text', { code: '21101' }, 'training', 21101],
		['a name that is not known', { code: 'MODEL_DREAMING' }, 'queued', undefined],
		['nothing', {}, 'queued', undefined],
		['null', { code: null }, 'queued', undefined],
	] as const)('of %s', (_what, status, expected, code) => {
		expect(trainingStateOf(status)).toMatchObject({ status: expected, code });
	});

	it('is by the code, never by the words', () => {
		const { status } = trainingStateOf({ code: 21106, description: 'Model is trained and ready' });

		expect(status).toBe('failed');
	});

	it('of a version is that of its status', () => {
		expect(versionState({ id: 'v', status: { code: 21100 } }).status).toBe('trained');
		expect(versionState({ id: 'v' })).toMatchObject({
			status: 'queued',
			description: 'Status unknown',
		});
		expect(versionState({ id: 'v', status: 'trained' }).status).toBe('queued');
	});

	it('of a run may be the legacy 10000 for completed', () => {
		expect(runState({ code: 10000 }).status).toBe('trained');
		expect(runState({ code: 64001 }).status).toBe('training');
	});
});

describe('what else it tells', () => {
	it('is progress, where Clarifai gives it', () => {
		expect(
			trainingStateOf({
				code: 21101,
				description: 'Training',
				details: 'Step 3',
				percent_completed: 40,
				time_remaining: '120',
			}),
		).toEqual({
			status: 'training',
			code: 21101,
			description: 'Training',
			details: 'Step 3',
			percentCompleted: 40,
			secondsRemaining: 120,
		});
	});

	it('is the code in place of a description', () => {
		expect(trainingStateOf({ code: 21101 }).description).toBe('Status 21101');
	});

	it.each([['many'], [null], [{}]])('is no progress that is %j', (percent_completed) => {
		expect(trainingStateOf({ code: 21101, percent_completed })).not.toHaveProperty(
			'percentCompleted',
		);
	});
});

describe('the remedy', () => {
	// A run that has completed fails when it has made no version.
	it.each([...FAILED, 64002])('of %d is its own', (code) => {
		expect(trainingRemedy(code)).not.toBe(trainingRemedy(99999));
		expect(trainingRemedy(code)).toMatch(/^[A-Z].*\.$/);
	});

	it.each([99999, undefined])('of %p tells where to look', (code) => {
		expect(trainingRemedy(code)).toContain('status_codes');
	});

	it('differs from code to code', () => {
		expect(new Set(FAILED.map(trainingRemedy)).size).toBe(FAILED.length);
	});
});
