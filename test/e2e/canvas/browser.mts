import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, selectors, type Browser } from 'playwright-core';

/** n8n's own attribute for tests. */
const TEST_ID = 'data-test-id';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export async function openBrowser(): Promise<Browser> {
	selectors.setTestIdAttribute(TEST_ID);
	// Playwright gives each browser a new, empty profile.
	return await chromium.launch({
		executablePath: await chromiumPath(),
		args: [
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

async function chromiumPath(): Promise<string> {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const places = [
		process.env.CHROMIUM,
		...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
	];
	for (const place of places) {
		if (place && (await isThere(place))) return place;
	}
	throw new Error(
		'No Chromium found. Install it (Debian: apt-get install chromium), or put the path of a Chromium or Chrome into CHROMIUM.',
	);
}

const isThere = async (path: string) =>
	await access(path).then(
		() => true,
		() => false,
	);
