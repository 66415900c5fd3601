const asyncHooks = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');
require('./engine/environment.cjs');

const kept = new Map();

/** Jest makes one for each file of tests, never ends it, and from then on each promise pays for it. */
const storages = new Set();

asyncHooks.AsyncLocalStorage = class extends asyncHooks.AsyncLocalStorage {
	constructor(...options) {
		super(...options);
		storages.add(this);
	}
};

/**
 * Jest gives each file of tests a copy of every module. Loading n8n, the nodes and Clarifai's protos takes
 * seconds each time, so those are loaded by Node itself, once for a process: see native.mts.
 */
module.exports = class extends TestEnvironment {
	async setup() {
		await super.setup();
		Object.assign(this.global, { nativeRequire: require, nativeMath: Math, kept });
	}

	async teardown() {
		await super.teardown();
		for (const storage of storages) storage.disable();
		storages.clear();
	}
};
