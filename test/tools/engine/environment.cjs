const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// n8n-core reads these while it is being loaded, and writes its settings file into the user folder.
const userFolder = mkdtempSync(join(tmpdir(), 'n8n-nodes-clarifai-engine-'));
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_LOG_LEVEL = 'silent';
process.env.N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS = 'false';

// A proxy configured on the machine must not get the requests to servers of the tests.
process.env.NO_PROXY = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1', 'localhost']
	.filter(Boolean)
	.join(',');

require('reflect-metadata');

process.once('exit', () => rmSync(userFolder, { recursive: true, force: true }));
