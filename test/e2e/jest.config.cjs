const { moduleFileExtensions, testEnvironment, transform } = require('../../jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment,
	moduleFileExtensions,
	transform,
	rootDir: __dirname,
	testMatch: ['**/*.e2e.mts'],
	maxWorkers: 1,
	testTimeout: 120_000,
};
