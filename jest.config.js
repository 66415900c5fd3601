/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: require.resolve('./test/tools/nativeEnvironment.cjs'),
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.mts'],
	moduleNameMapper: {
		'^(n8n-workflow|n8n-core|protobufjs)$': '<rootDir>/test/tools/native/$1.cjs',
	},
	moduleFileExtensions: ['mts', 'ts', 'js', 'json', 'node'],
	transform: {
		'\\.m?ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	// The suites wait for nothing real: both of two cores have work.
	maxWorkers: '100%',
	// Tests run in a context of their own, where each look at a global is slow.
	sandboxInjectedGlobals: [
		'Math',
		'Object',
		'JSON',
		'Map',
		'Set',
		'Array',
		'String',
		'Number',
		'Promise',
	],
	// For what hangs. What is slow because the machine is busy passes.
	testTimeout: 120_000,
};
