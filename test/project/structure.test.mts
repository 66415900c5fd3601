import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { repositoryRoot } from '../tools/engine/package.mts';

const sources = new Map(
	readdirSync(join(repositoryRoot, 'nodes'), { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('.ts'))
		.sort()
		.map((path) => [path, readFileSync(join(repositoryRoot, 'nodes', path), 'utf8')]),
);

const filesWith = (text: string) =>
	[...sources.keys()].filter((path) => sources.get(path)!.includes(text));

/** From the highest to the lowest; each may use those after it. */
const ROOMS = ['shared/node', 'shared/parameters', 'shared/api', 'shared/clarifai'];

/** The room of a file, or its node's folder. */
const roomOf = (path: string) =>
	ROOMS.find((room) => path.startsWith(`${room}/`)) ?? path.split('/')[0];

/** What the file imports by a relative path, as paths below `nodes`. */
const importsOf = (path: string) =>
	[...sources.get(path)!.matchAll(/from '(\.[^']+)'/g)].map(([, to]) =>
		normalize(join(path, '..', to)),
	);

describe('the rooms of docs/architecture.md', () => {
	it('are where the shared files are', () => {
		const shared = [...sources.keys()].filter((path) => path.startsWith('shared/'));

		expect([...new Set(shared.map(roomOf))].sort()).toEqual([...ROOMS].sort());
	});

	it('import nothing from a room above, nor from a node', () => {
		const upwards = [...sources.keys()].flatMap((path) => {
			const place = ROOMS.indexOf(roomOf(path));
			if (place < 0) return [];
			return importsOf(path)
				.filter((to) => !ROOMS.slice(place).includes(roomOf(to)))
				.map((to) => `${path} imports ${to}`);
		});

		expect(upwards).toEqual([]);
	});

	it('are all that nodes share: none imports from another', () => {
		const across = [...sources.keys()].flatMap((path) => {
			if (ROOMS.includes(roomOf(path))) return [];
			return importsOf(path)
				.filter((to) => ![roomOf(path), ...ROOMS].includes(roomOf(to)))
				.map((to) => `${path} imports ${to}`);
		});

		expect(across).toEqual([]);
	});
});

describe('the way to Clarifai', () => {
	it('leads out by one file', () => {
		expect(filesWith('.httpRequest')).toEqual(['shared/api/transport.ts']);
	});

	/** The types let everything else send only what reads, and what says that it may be carried out twice. */
	it('lets writes through one seam', () => {
		expect(filesWith('attemptWrite(')).toEqual(['shared/api/client.ts', 'shared/api/write.ts']);
	});

	/** A file that joins them says why its call may be carried out twice, here and in docs/decisions.md. */
	it('leaves beside that seam what changes nothing when it is carried out twice', () => {
		expect(filesWith('repeatable: true')).toEqual(
			[
				// The same labels in the place of what is stored.
				'ClarifaiAddInputs/updateInputs.ts',
				// An input is a member of a dataset or not.
				'ClarifaiAddInputs/datasetMembers.ts',
				// Asking for an export again tells how it stands.
				'ClarifaiEvaluateModel/datasetExport.ts',
				// An estimate changes nothing.
				'ClarifaiTrain/timeEstimate.ts',
				// A type, not a call.
				'shared/api/call.ts',
				// What is cancelled stays cancelled.
				'shared/api/jobs.ts',
				// A prediction changes nothing.
				'shared/api/predictions.ts',
			].sort(),
		);
	});
});
