import { readApp, type App } from '../clarifai/apps';
import type { AppScope } from '../clarifai/identifiers';
import { objectAt } from '../clarifai/json';
import { inApp } from './call';
import type { ClarifaiClient } from './client';

/** An app as it is now. */
export async function fetchApp(client: ClarifaiClient, scope: AppScope): Promise<App> {
	return readApp(objectAt(await client.get(inApp(scope)), 'app'), scope);
}
