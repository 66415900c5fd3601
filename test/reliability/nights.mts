import { contentKey } from '../tools/emulator/content.mts';
import type { Emulator } from '../tools/emulator/emulator.mts';
import { labelledInputs } from '../tools/emulator/labelledInputs.mts';
import { recognize } from '../tools/emulator/predictions/quality.mts';
import { Snapshot } from '../tools/emulator/predictions/snapshots.mts';
import type { VersionState } from '../tools/emulator/state.mts';

/** As the example that retrains every night has them. */
export const MODEL = 'my-classifier';
const DEPLOYMENT = 'my-classifier-live';
const CONCEPTS = ['cat', 'dog'];
const TEST_DATASET = 'demo-test-set';

export const LIVE =
	/: the new version is better and (live|goes live as soon as its deployment is ready)\./;
export const NOT_BETTER = /: the new version is not better, nothing changed\./;
const NOTHING_NEW =
	/: too few new inputs, nothing trained\. 0 of 10 since version \S+ was trained\./;
const TRAINING_FAILED = /: the training failed, nothing changed\. \S/;
const stoppedAt = (node: string) => new RegExp(`: stopped at ${node}\\. \\S`);

export const picturesOf = (set: string, count: number) =>
	CONCEPTS.flatMap((concept) =>
		Array.from({ length: count }, (_, index) => ({
			url: `https://a.example/${set}/${concept}-${index}.jpg`,
			concepts: [concept],
		})),
	);

const TEST_SET = picturesOf('test', 40);

/** What happens in one night, and what has to come of it. */
export interface Night {
	what: string;
	/** The share of pictures that the version trained in this night gets wrong. */
	wrongShare: number;
	/** Nobody has added inputs since the night before. */
	isQuiet?: boolean;
	/** What goes wrong in this night alone. */
	trouble?(emulator: Emulator): void;
	message: RegExp;
	/** Whether the new version is compared with the live one. */
	isDecided: boolean;
	goesLive: boolean;
	trainings: 0 | 1;
}

export const FIRST_NIGHTS: Night[] = [
	{
		what: 'a better version',
		wrongShare: 0.4,
		message: LIVE,
		isDecided: true,
		goesLive: true,
		trainings: 1,
	},
	{
		what: 'a night without new inputs',
		wrongShare: 0,
		isQuiet: true,
		message: NOTHING_NEW,
		isDecided: false,
		goesLive: false,
		trainings: 0,
	},
	{
		what: 'a worse one',
		wrongShare: 0.45,
		message: NOT_BETTER,
		isDecided: true,
		goesLive: false,
		trainings: 1,
	},
	{
		what: 'a training that fails',
		wrongShare: 0,
		trouble: ({ faults }) => void faults.add({ kind: 'trainingFails' }),
		message: TRAINING_FAILED,
		isDecided: false,
		goesLive: false,
		trainings: 1,
	},
	{
		what: 'Clarifai is not there',
		wrongShare: 0,
		trouble: ({ faults }) => void faults.add({ kind: 'http503' }),
		message: stoppedAt('Clarifai Train'),
		isDecided: false,
		goesLive: false,
		trainings: 0,
	},
];

export const CLARIFAI_GOES_AWAY: Night = {
	what: 'Clarifai goes away while it trains what would be better',
	wrongShare: 0.1,
	trouble: ({ faults }) => void faults.add({ kind: 'http502html', rpc: 'GetPipelineVersionRun' }),
	message: stoppedAt('Clarifai Training Status'),
	isDecided: false,
	goesLive: false,
	trainings: 1,
};

/** The model that is retrained every night, as somebody sees it who knows everything about Clarifai. */
export class Nights {
	/** The share of pictures that the next version gets wrong. */
	wrongShare = 0.6;
	/** The versions that were live, one after the other. */
	readonly live: VersionState[] = [];
	private readonly planned = new Set<VersionState>();

	constructor(private readonly emulator: Emulator) {
		emulator.addLabelledInputs(TEST_DATASET, TEST_SET);
	}

	versions(): VersionState[] {
		return [...(this.emulator.app().models.get(MODEL)?.versions.values() ?? [])];
	}

	/** To be called after every answer. */
	look(): void {
		const { emulator, live, planned } = this;
		for (const version of this.versions().filter((each) => !planned.has(each))) {
			planned.add(version);
			emulator.planQuality(version.message.id as string, { wrongShare: this.wrongShare });
		}
		const deployment = emulator.world.compute.deployments.find(({ id }) => id === DEPLOYMENT);
		const running = deployment?.observed(emulator.clock.now());
		if (running && running !== live.at(-1)) live.push(running);
	}

	/** What a version is worth on the test data, counted without Clarifai's evaluation and the nodes. */
	macroF1Of(version: VersionState): number {
		const { emulator } = this;
		const app = emulator.app();
		const quality = emulator.world.inference.plans.qualityOf(app.models.get(MODEL)!, version);
		const labels = new Snapshot(labelledInputs(app));
		const answers = TEST_SET.map(({ url, concepts: [actual] }) => {
			const seen = recognize(version, quality, contentKey({ image: { url } }), () => labels);
			return { actual, said: seen.concepts[0]?.label };
		});
		const f1s = CONCEPTS.map((concept) => {
			const said = answers.filter((answer) => answer.said === concept);
			const right = said.filter(({ actual }) => actual === concept);
			return (2 * right.length) / (said.length + TEST_SET.length / CONCEPTS.length);
		});
		return f1s.reduce((sum, f1) => sum + f1) / f1s.length;
	}

	/** The worth of what was live, which must rise from version to version. */
	worths(): number[] {
		return this.live.map((version) => this.macroF1Of(version));
	}
}

export function expectRising(worths: number[]): void {
	expect(worths).toEqual([...new Set(worths)].sort((one, other) => one - other));
}
