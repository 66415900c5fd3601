import { contentKey } from './content.mts';
import { addDataset, addDatasetVersion, joinDataset } from './datasetState.mts';
import type { DatasetState } from './datasetState.mts';
import { planOf, startProcessing } from './inputProcessing.mts';
import { storeMedia } from './inputState.mts';
import type { InputState, StoredMedia } from './inputState.mts';
import { storeLabels } from './labels.mts';
import type { Message } from './message.mts';
import type { AppState } from './state.mts';
import { tinyGif } from './tinyGif.mts';

/** What is in the emulator without a request: by its seed, or because a test has put it there. */

/** An input that has been processed already; one of base64 (of an image), url (of one) and text. */
export interface GivenInput {
	/** Default `input-` and a number. */
	id?: string;
	/** Of a picture. */
	base64?: string;
	/** The base64 of a video. */
	video?: string;
	url?: string;
	text?: string;
	/** Positive labels of the whole input. */
	concepts?: string[];
	negativeConcepts?: string[];
	/** In Clarifai's form, with their concepts. */
	regions?: Message[];
	metadata?: Message;
}

export function giveInputs(
	app: AppState,
	inputs: GivenInput[],
	dataset?: DatasetState,
): InputState[] {
	return inputs.map((input) => {
		const { concepts = [], negativeConcepts = [], regions, metadata } = input;
		const media = storeMedia(mediumOf(input), app.world.dataSettings.keepBytesUpTo);
		const labels = {
			concepts: [
				...concepts.map((id) => ({ id, value: 1 })),
				...negativeConcepts.map((id) => ({ id, value: 0 })),
			],
			...(regions && { regions }),
			...(metadata && { metadata }),
		};
		return give(app, input.id ?? nextId(app), media, labels, dataset);
	});
}

/** Small pictures, each with a content of its own, labelled with the concepts in turn. */
export function givePictures(
	app: AppState,
	count: number,
	concepts: readonly string[] = [],
	dataset?: DatasetState,
): InputState[] {
	return Array.from({ length: count }, () => {
		const number = app.inputs.size + 1;
		const concept = concepts[(number - 1) % Math.max(concepts.length, 1)];
		const labels = concept === undefined ? {} : { concepts: [{ id: concept, value: 1 }] };
		return give(app, nextId(app), picture(number), labels, dataset);
	});
}

function mediumOf({ text, video, base64, url }: GivenInput): Message {
	if (text !== undefined) return { text: { raw: text } };
	return video === undefined ? { image: { base64, url } } : { video: { base64: video } };
}

function give(
	app: AppState,
	id: string,
	media: StoredMedia,
	labels: Message,
	dataset: DatasetState | undefined,
): InputState {
	const timestamp = app.world.clock.timestamp();
	const plan = { ...planOf(app.world.inputPlans, { id }, media), seconds: 0 };
	const input: InputState = {
		message: {
			id,
			data: storeLabels(app, labels),
			created_at: timestamp,
			modified_at: timestamp,
		},
		media,
		processing: startProcessing(app.world.clock.now(), plan, 0),
	};
	app.inputs.add(input);
	if (dataset) joinDataset(app, dataset, id);
	return input;
}

function nextId(app: AppState) {
	let number = app.inputs.size + 1;
	while (app.inputs.has(`input-${number}`)) number++;
	return `input-${number}`;
}

/** Hashing the same pictures for each of hundreds of emulators would cost more than all the rest. */
const pictures: StoredMedia[] = [];

function picture(number: number): StoredMedia {
	pictures[number] ??= makePicture(number);
	return pictures[number];
}

function makePicture(number: number): StoredMedia {
	const bytes = tinyGif(number);
	const key = contentKey({ image: { base64: bytes.toString('base64') } });
	return { kind: 'image', key, size: bytes.length, format: 'GIF', bytes };
}

/** A dataset of the app's first inputs, with versions that are ready; missing inputs are added. */
export function giveDataset(
	app: AppState,
	id: string,
	versionIds: string[],
	inputCount: number,
): DatasetState {
	givePictures(app, Math.max(0, inputCount - app.inputs.size), [...app.concepts.keys()]);
	const dataset = addDataset(app, { id });
	for (const { message } of app.inputs.values().slice(0, inputCount)) {
		joinDataset(app, dataset, message.id);
	}
	for (const versionId of versionIds) {
		addDatasetVersion(app, dataset, { id: versionId }, { seconds: 0 });
	}
	return dataset;
}
