import { tellHostedStory } from '../../demo/hostedStory.mts';

let told: string[];

/** What was printed from one line that begins so up to the next one that does. */
function between(from: string, to: string): string[] {
	const start = told.findIndex((line) => line.startsWith(from));
	const end = told.findIndex((line, index) => index > start && line.startsWith(to));
	expect([start, end]).not.toContain(-1);
	return told.slice(start, end);
}

const outcomes = (lines: string[]) => lines.filter((line) => line.includes(' finished in '));

beforeAll(async () => {
	told = [];
	expect(await tellHostedStory((line) => told.push(line))).toBe(true);
});

test('pictures come in, and a model is trained on them, evaluated and deployed', () => {
	expect(outcomes(between('--- Labelled pictures', '--- The first training')).at(-1)).toMatch(
		/Add Inputs finished in .* 6 items, the first one with inputId .*, status "added"/,
	);
	const steps = outcomes(between('--- The first training', '--- The next training'));
	expect(steps.slice(1, 5)).toEqual([
		expect.stringContaining('modelId "shapes"'),
		expect.stringMatching(/Train .* datasetVersionId "\w+", .* status "trained"/),
		expect.stringMatching(/Evaluate Model .* passed true, .* no version to compare it with/),
		expect.stringMatching(/Deploy Model .* deploymentId "shapes", .* created true, .* ready true/),
	]);
});

test('what is changed at Clarifai is shown, what is read is counted', () => {
	const lines = between('Clarifai Deploy Model ...', 'Clarifai Deploy Model finished');
	expect(lines.slice(1)).toEqual([
		'  POST /v2/users/demo-user/deployments -> 200',
		expect.stringMatching(/^ {2}GET requests: \d+$/),
	]);
});

test('the pictures are called what they show, after the bad training as before it', () => {
	const answers = told.filter((line) => line.includes('.png shows a '));
	const right = ['circle', 'square', 'triangle'].map((shape) =>
		expect.stringMatching(`^  ${shape}.png shows a ${shape} \\(0\\.\\d\\d\\): right$`),
	);
	expect(answers).toEqual([...right, ...right]);
});

test('a worse version is trained, does not pass, and changes nothing', () => {
	const steps = between('--- The next training', 'Deployment "shapes"');
	expect(outcomes(steps)).toContainEqual(
		expect.stringMatching(
			/Evaluate Model .* passed false, .* below the 1\.0000 of the live version/,
		),
	);
	expect(steps).toContain('Nothing Changed ...');
	expect(steps.join('\n')).not.toContain('Deploy Model');
	const versions = /ran version (\w+) before, and runs version (\w+) now/.exec(told.at(-1)!)!;
	expect(versions[2]).toBe(versions[1]);
});
