import {
	parsePortalUrl,
	portalUrlIdPattern,
} from '../../../../nodes/shared/clarifai/identifiers.ts';

describe('a portal link', () => {
	it.each([
		['https://clarifai.com/clarifai/main/models/general-image-recognition'],
		['http://clarifai.com/clarifai/main/models/general-image-recognition'],
		['https://www.clarifai.com/clarifai/main/models/general-image-recognition/'],
		['https://portal.eu.clarifai.com/clarifai/main/models/general-image-recognition/versions/abc'],
		['  https://clarifai.com/clarifai/main/models/general-image-recognition?tab=overview#x '],
	])('%s names owner and model', (url) => {
		expect(parsePortalUrl(url, 'models')).toEqual({
			userId: 'clarifai',
			appId: 'main',
			id: 'general-image-recognition',
		});
	});

	it.each([
		['https://clarifai.com/clarifai/main/workflows/Face'],
		['https://clarifai.com/clarifai/main/models'],
		['https://clarifai.com/clarifai/main/models/'],
		['https://clarifai.com/clarifai/models/x'],
		['https://example.com/clarifai/main/models/x'],
		['https://clarifai.com.example.com/clarifai/main/models/x'],
		['https://notclarifai.com/clarifai/main/models/x'],
		['https://example.com/?https://clarifai.com/clarifai/main/models/x'],
		['https://clarifai.com@example.com/clarifai/main/models/x'],
		['https://clarifai.com/../main/models/x'],
		['https://clarifai.com/clarifai/main/models/a%2Fb'],
		['ftp://clarifai.com/clarifai/main/models/x'],
		['clarifai.com/clarifai/main/models/x'],
		['x'],
		[''],
	])('to a model is not %j', (url) => {
		expect(parsePortalUrl(url, 'models')).toBeUndefined();
		expect(new RegExp(portalUrlIdPattern('models')).test(url)).toBe(false);
	});

	it.each([['models'], ['workflows']] as const)('gives n8n the ID of %s alone', (resource) => {
		const pattern = new RegExp(portalUrlIdPattern(resource));
		const url = `https://clarifai.com/u/a/${resource}/the-id/more`;

		expect([...pattern.exec(url)!]).toEqual([url, 'the-id']);
		expect(parsePortalUrl(url, resource)?.id).toBe('the-id');
	});
});
