import type { InputState, StoredMedia } from './inputState.mts';
import type { Message } from './message.mts';
import type { AppState } from './state.mts';
import { makeStandIn } from './standIn.mts';

/** Where media can be downloaded: the form of Clarifai's Secure Data Hosting, which wants a key. */
export const HOSTED_PATH = '/hosted';

const SIZES: Record<StoredMedia['kind'], string[]> = {
	image: ['orig', 'tiny', 'small', 'large'],
	video: ['orig', 'thumbnail'],
	audio: ['orig'],
	text: ['orig'],
};

/**
 * What is shown of an input's medium. Once it has been processed it can be downloaded; text is then shown
 * by its address alone, which is assumed.
 */
export function showMedia(app: AppState, media: StoredMedia, isProcessed: boolean): Message {
	const { kind, url, format, bytes, size } = media;
	if (!isProcessed) {
		const text = kind === 'text' && bytes && { raw: bytes.toString() };
		const info = kind === 'image' && { image_info: UNKNOWN_IMAGE };
		return { [kind]: { ...(url && { url }), ...text, ...info } };
	}
	const hosted = hostedAt(app, media);
	return {
		[kind]: {
			url: url ?? `${hosted.prefix}/orig/${hosted.suffix}`,
			hosted,
			...(kind === 'image' && { image_info: { ...UNKNOWN_IMAGE, ...(format && { format }) } }),
			...(kind === 'video' && { video_info: { video_format: format ?? 'UnknownVideoFormat' } }),
			...(kind === 'audio' && { audio_info: { audio_format: format ?? 'UnknownAudioFormat' } }),
			...(kind === 'text' && { text_info: { char_count: size, encoding: 'UTF8' } }),
		},
	};
}

/** As captured answers show it of images that have not been read yet. */
const UNKNOWN_IMAGE = { format: 'UnknownImageFormat', color_mode: 'UnknownColorMode' };

function hostedAt(app: AppState, { kind, key }: StoredMedia) {
	return {
		prefix: app.world.url + HOSTED_PATH,
		// Clarifai's last part is a hash of the bytes with 32 hexadecimal digits, too.
		suffix: `users/${app.userId}/apps/${app.id}/inputs/${kind}/${key.slice(0, 32)}`,
		sizes: SIZES[kind],
		crossorigin: 'use-credentials',
	};
}

/** The file that an input has at an address below the app's; every size is the original. */
export function hostedFile(app: AppState, kind: string, shortKey: string): Buffer | undefined {
	const media = app.inputs
		.values()
		.map((input: InputState) => input.media)
		.find((one) => one.kind === kind && one.key.startsWith(shortKey));
	return media && (media.bytes ?? makeStandIn(media.kind, media.key));
}
