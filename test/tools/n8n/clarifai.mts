import { demoCredential, startEmulator } from '../emulator/emulator.mts';
import type { ClarifaiAccess } from './demoContent.mts';

export interface Clarifai {
	access: ClarifaiAccess;
	name: string;
	close(): Promise<void>;
}

export async function emulatedClarifai(trainingSeconds: number): Promise<Clarifai> {
	const emulator = await startEmulator({ trainingSeconds });
	return {
		access: demoCredential(emulator.url),
		name: `emulator at ${emulator.url}, trainings take ${trainingSeconds} s`,
		close: async () => await emulator.close(),
	};
}

export function realClarifai(env: NodeJS.ProcessEnv): Clarifai {
	const needed = ['CLARIFAI_PAT', 'CLARIFAI_USER_ID', 'CLARIFAI_APP_ID'] as const;
	const missing = needed.filter((name) => !env[name]);
	if (missing.length > 0)
		throw new Error(`--clarifai needs ${missing.join(', ')} in the environment`);
	const [accessToken, userId, appId] = needed.map((name) => env[name]!);
	const baseUrl = env.CLARIFAI_BASE_URL ?? 'https://api.clarifai.com';
	return {
		access: { accessToken, userId, appId, baseUrl },
		name: `${baseUrl}, user ${userId}, app ${appId}`,
		close: async () => {},
	};
}
