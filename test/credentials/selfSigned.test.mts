import { demoCredential, setUpOnSockets, type SetUp } from '../nodes/setup.mts';
import { startSelfSigned } from './selfSignedServer.mts';

let platform: SetUp;
let server: Awaited<ReturnType<typeof startSelfSigned>>;

beforeAll(async () => {
	platform = await setUpOnSockets();
	server = await startSelfSigned(platform.emulator.port);
});

afterAll(() => server.close());

beforeEach(() => void (platform.emulator.requests.length = 0));

const credential = (ignoreSslIssues: boolean) => ({ baseUrl: server.url, ignoreSslIssues });

describe('a certificate that n8n does not trust', () => {
	it('is refused before anything is sent, with the ways in', async () => {
		const { run } = await platform.withCredential(credential(false));

		const { error } = await run('clarifaiCreateModel', { modelId: 'cars' });

		expect(error).toMatchObject({
			message: `No secure connection to ${server.url}: n8n does not trust its certificate (DEPTH_ZERO_SELF_SIGNED_CERT)`,
			description: expect.stringMatching(
				/NODE_EXTRA_CA_CERTS.*'Ignore SSL Issues \(Insecure\)' in the credential/,
			),
		});
		expect(platform.emulator.requests).toEqual([]);
	});

	it("is taken with 'Ignore SSL Issues'", async () => {
		const { run } = await platform.withCredential(credential(true));

		const { json, error } = await run('clarifaiCreateModel', { modelId: 'cars' });

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ modelId: 'cars', created: true }]);
	});

	it.each([
		[false, { ok: false, message: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
		[true, { ok: true, message: 'Connection successful!' }],
	])("in the credential test, with 'Ignore SSL Issues' %p", async (ignoreSslIssues, expected) => {
		const { url } = platform.emulator;

		const result = await platform.engine.testCredential({
			...demoCredential(url),
			...credential(ignoreSslIssues),
		});

		expect(result).toEqual(expected);
	});
});
