import type { Message } from '../message.mts';
import type { AppState } from '../state.mts';
import { Code, makeStatus } from '../statuses.mts';

/** An input as a test set shows it. */
export function showEvaluatedInput(app: AppState, id: string): Message {
	const { data, created_at, modified_at } = app.inputs.get(id)?.message ?? {};
	return { id, data, created_at, modified_at, status: makeStatus(Code.inputSuccess) };
}
