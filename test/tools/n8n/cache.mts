import { homedir } from 'node:os';
import { join } from 'node:path';

/** Outside the repository: n8n takes 2.9 GB, and several checkouts can share it. */
export function cacheRoot(): string {
	return process.env.N8N_NODES_CLARIFAI_CACHE ?? join(homedir(), '.cache', 'n8n-nodes-clarifai');
}

export const installFolder = (version: string) => join(cacheRoot(), version);

/** Per version, since an older n8n cannot open the database of a newer one. */
export const defaultHome = (version: string) => join(cacheRoot(), 'home', version);
