module.exports = globalThis.nativeRequire('protobufjs');
