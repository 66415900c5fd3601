import type { Message } from '../message.mts';
import { ApiError, Code } from '../statuses.mts';
import { colorsOf } from './colors.mts';
import { conceptValues } from './conceptValues.mts';
import { embedding } from './embeddings.mts';
import { segmenterRegions } from './masks.mts';
import { applyConfig } from './outputConfig.mts';
import { drawnHeatmap, drawnImage } from './pictures.mts';
import { detectorRegions } from './regions.mts';
import type { Sight } from './sight.mts';
import { answerTo, captionOf, textRegions, transcriptOf } from './texts.mts';

type Answer = (sight: Sight) => Message;

const concepts: Answer = (sight) => ({ concepts: applyConfig(conceptValues(sight), sight.config) });
const embeddings: Answer = (sight) => ({ embeddings: [embedding(sight)] });
const text =
	(words: (sight: Sight) => string): Answer =>
	(sight) => ({ text: { raw: words(sight) } });

/** What each type of model puts into `data`. */
const ANSWERS: Record<string, Answer> = {
	'visual-classifier': concepts,
	'text-classifier': concepts,
	'embedding-classifier': concepts,
	'audio-classifier': concepts,
	'visual-detector': (sight) => ({ regions: detectorRegions(sight) }),
	'visual-segmenter': (sight) => ({ regions: segmenterRegions(sight) }),
	'visual-embedder': embeddings,
	'text-embedder': embeddings,
	'audio-embedder': embeddings,
	'multimodal-embedder': embeddings,
	'visual-anomaly-heatmap': (sight) => ({
		...concepts(sight),
		heatmaps: [drawnHeatmap(sight.content)],
	}),
	'text-to-text': text(answerTo),
	'multimodal-to-text': text(answerTo),
	'image-to-text': text(captionOf),
	'audio-to-text': text(transcriptOf),
	'text-to-image': (sight) => ({ image: drawnImage(sight.content) }),
	'optical-character-recognizer': (sight) => ({ regions: textRegions(sight) }),
	'object-counter': (sight) => ({
		metadata: { object_count: detectorRegions(sight).length },
	}),
	// Clarifai's type of this model is not known: assumed.
	'color-recognizer': ({ content }) => ({ colors: colorsOf(content) }),
};

/** Types whose answers count tokens. */
const WITH_TOKENS = ['text-to-text', 'multimodal-to-text', 'image-to-text'];

export function countsTokens(modelTypeId: string) {
	return WITH_TOKENS.includes(modelTypeId);
}

/** How many frames the emulator sees in any video, whatever is in it. */
const FRAMES = 3;
const FRAMES_PER_SECOND = 25;

export function outputData(sight: Sight): Message {
	const typeId: string = sight.model.message.model_type_id;
	const answer = ANSWERS[typeId];
	if (!answer) {
		throw new ApiError(Code.notImplemented, `The emulator does not predict with '${typeId}'`);
	}
	return sight.data.video ? { frames: videoFrames(sight, answer) } : answer(sight);
}

function videoFrames(sight: Sight, answer: Answer): Message[] {
	return Array.from({ length: FRAMES }, (_none, index) => {
		const time = index * sight.config.sampleMs;
		const number = Math.round((time / 1000) * FRAMES_PER_SECOND);
		const frame = { ...sight, content: `${sight.content}#${index}` };
		return { frame_info: { index, time, number }, data: answer(frame) };
	});
}
