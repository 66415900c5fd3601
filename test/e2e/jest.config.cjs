const { join } = require('node:path');
const { moduleFileExtensions, testEnvironment, transform } = require('../../jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment,
	moduleFileExtensions,
	transform,
	// As for the other tests: what is loaded once for a process must be of one copy.
	moduleNameMapper: {
		'^(n8n-workflow|n8n-core|protobufjs)$': join(__dirname, '../tools/native/$1.cjs'),
	},
	rootDir: __dirname,
	testMatch: ['**/*.e2e.mts'],
	maxWorkers: 1,
	testTimeout: 120_000,
};
