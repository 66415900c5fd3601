const { rm } = require('node:fs/promises');
const { spawn } = require('node:child_process');
const { dest, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

// tsc also emits the codex files (nodes/**/*.node.json), which tsconfig.json includes.
const compile = () =>
	spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });

const icons = () => src('nodes/**/*.svg', { base: '.', encoding: false }).pipe(dest('dist'));

exports.clean = clean;
exports.build = series(clean, compile, icons);
exports.default = exports.build;
