import { startEmulator, type Emulator, type EmulatorOptions } from './emulator.mts';
import { TestClient } from './testClient.mts';

/** An emulator that is new for each test of a file, and a client of it. */
class EmulatorInTest {
	emulator!: Emulator;
	client!: TestClient;

	async start(options?: EmulatorOptions) {
		this.emulator = await startEmulator(options);
		this.client = new TestClient(this.emulator);
	}

	/** For a test that needs other options than those of its file. */
	async restart(options: EmulatorOptions) {
		await this.emulator.close();
		await this.start(options);
	}
}

export function useEmulator(options?: EmulatorOptions): EmulatorInTest {
	const inTest = new EmulatorInTest();
	beforeEach(async () => await inTest.start(options));
	afterEach(async () => await inTest.emulator.close());
	return inTest;
}
