const { TestEnvironment } = require('jest-environment-node');
require('./engine/environment.cjs');

const kept = new Map();

/**
 * Jest gives each file of tests a copy of every module. Loading n8n, the nodes and Clarifai's protos takes
 * seconds each time, so those are loaded by Node itself, once for a process: see native.mts.
 */
module.exports = class extends TestEnvironment {
	async setup() {
		await super.setup();
		Object.assign(this.global, { nativeRequire: require, nativeMath: Math, kept });
	}
};
