const own = require('../../../../../../dist/credentials/ClarifaiApi.credentials.js');

exports.ClarifaiApi = class ClarifaiApi extends own.ClarifaiApi {
	// An icon has to lie in its package.
	icon = undefined;
};
