import type { FaultKind } from './faults.mts';

/** One request the emulator has received, for a test to look at. */
export interface RecordedRequest {
	method: string;
	/** Without the query. */
	path: string;
	query: Record<string, string>;
	/** The call's name in the protos, or '' where there is none for the path. */
	rpc: string;
	/** The parsed JSON, or the text where it is not JSON; undefined without a body. */
	body: unknown;
	/** Without the authorization header, which has a field of its own, and the emulator's own address. */
	headers: Record<string, string>;
	authorization: string | undefined;
	/** When it arrived, on the emulator's clock. */
	at: number;
	/** When it arrived, in milliseconds of a clock that never jumps. */
	arrivedAt: number;
	/** The HTTP status answered; undefined while there is no answer, or if there never was one. */
	status?: number;
	/** Clarifai's status code of the answer. */
	code?: number;
	fault?: FaultKind;
}
