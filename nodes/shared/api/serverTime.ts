import { textAt, type JsonObject } from '../clarifai/json';

/** Whether an object of Clarifai's was created at or after a moment of the server's clock, in milliseconds. */
export function createdSince(object: JsonObject, moment: number): boolean {
	const createdAt = Date.parse(textAt(object, 'created_at') ?? '');
	return !Number.isNaN(createdAt) && createdAt >= moment;
}
