const KB = 1024;
const MB = 1024 * KB;

/** How the emulator treats inputs and datasets. */
export interface DataSettings {
	/** How long the processing of an input takes on the emulator's clock; default 2. */
	processingSeconds: number;
	/** How long a deleted input can still be seen; default 2. */
	deletionSeconds: number;
	/** How long a dataset version takes to become ready, and an export to be made; default 2. */
	datasetVersionSeconds: number;
	/**
	 * Media and texts up to this many bytes are kept, so that they can be downloaded and looked at in the
	 * record of requests; of larger ones only hash and size are. Default 64 KB.
	 */
	keepBytesUpTo: number;
	/** The documented limits: 20 MB an image, text or sound, 128 MB a video and a request. */
	maxInputBytes: number;
	maxRequestBytes: number;
	/** The HTTP status of an answer that says Mixed Success; default 200, which is assumed. */
	mixedHttpStatus: number;
}

export const DEFAULT_DATA_SETTINGS: DataSettings = {
	processingSeconds: 2,
	deletionSeconds: 2,
	datasetVersionSeconds: 2,
	keepBytesUpTo: 64 * KB,
	maxInputBytes: 20 * MB,
	maxRequestBytes: 128 * MB,
	mixedHttpStatus: 200,
};
