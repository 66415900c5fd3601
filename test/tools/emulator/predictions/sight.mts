import type { Message } from '../message.mts';
import type { AppState, ModelState, VersionState } from '../state.mts';
import type { OutputConfig } from './outputConfig.mts';
import type { Recognized } from './quality.mts';

/** One input before a version of a model: all that its answer depends on. */
export interface Sight {
	app: AppState;
	model: ModelState;
	version: VersionState;
	data: Message;
	content: string;
	recognized: Recognized;
	config: OutputConfig;
}
