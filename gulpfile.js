const { rm } = require('node:fs/promises');
const { spawn } = require('node:child_process');
const { dest, parallel, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

const tsc = (...options) =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc'), ...options], { stdio: 'inherit' });

// It also emits the codex files (nodes/**/*.node.json), which tsconfig.json includes.
const compile = () => tsc();

// The tests, and with them the sources.
const typecheck = () => tsc('--noEmit', '-p', 'test/tsconfig.json');

const icons = () => src('nodes/**/*.svg', { base: '.', encoding: false }).pipe(dest('dist'));

exports.clean = clean;
exports.build = series(clean, compile, icons);
exports.typecheck = typecheck;
exports.check = parallel(exports.build, typecheck);
exports.default = exports.build;
