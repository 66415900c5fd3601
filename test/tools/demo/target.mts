import { demoCredential, startEmulator, type Emulator } from '../emulator/emulator.mts';
import type { Pace } from './training.mts';

/** Where the demo runs. */
export interface Target extends Pace {
	name: string;
	isEmulator: boolean;
	baseUrl: string;
	accessToken: string;
	userId: string;
	appId: string;
	close(): Promise<void>;
}

/** Long enough to see a training go on. */
const TRAINING_SECONDS = 4;

/** Clarifai itself when its three variables are set, otherwise an emulator started for the demo. */
export async function chooseTarget(env: NodeJS.ProcessEnv): Promise<Target> {
	const given = {
		CLARIFAI_PAT: env.CLARIFAI_PAT,
		CLARIFAI_USER_ID: env.CLARIFAI_USER_ID,
		CLARIFAI_APP_ID: env.CLARIFAI_APP_ID,
	};
	const missing = Object.entries(given)
		.filter(([, value]) => !value)
		.map(([name]) => name);

	if (missing.length === 3 && !env.CLARIFAI_API_BASE) return await startOwnEmulator();
	if (missing.length > 0) {
		throw new Error(
			`To run against the real Clarifai, also set ${missing.join(' and ')}. ` +
				'To run against the emulator, set none of the CLARIFAI_ variables.',
		);
	}
	return {
		name: 'Clarifai',
		isEmulator: false,
		baseUrl: env.CLARIFAI_API_BASE || 'https://api.clarifai.com',
		accessToken: given.CLARIFAI_PAT as string,
		userId: given.CLARIFAI_USER_ID as string,
		appId: given.CLARIFAI_APP_ID as string,
		pollMilliseconds: 10_000,
		patienceMinutes: 60,
		close: async () => {},
	};
}

async function startOwnEmulator(): Promise<Target> {
	return targetOf(
		await startEmulator({ platform: 'selfHosted', trainingSeconds: TRAINING_SECONDS }),
	);
}

export function targetOf(emulator: Emulator): Target {
	return {
		name: 'The Clarifai emulator',
		isEmulator: true,
		...demoCredential(emulator.url),
		pollMilliseconds: 1000,
		patienceMinutes: 1,
		close: async () => await emulator.close(),
	};
}
