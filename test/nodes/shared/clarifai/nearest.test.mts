import { nearest } from '../../../../nodes/shared/clarifai/nearest.ts';

describe('the nearest name', () => {
	const names = ['num_epochs', 'batch_size', 'image_size', 'per_item_lrate'];

	it.each<[string, string | undefined]>([
		['num_epoch', 'num_epochs'],
		['numEpochs', 'num_epochs'],
		['NUM_EPOCHS', 'num_epochs'],
		['epochs', 'num_epochs'],
		['lrate', 'per_item_lrate'],
		['batchsize', 'batch_size'],
		['img_size', 'image_size'],
		['size', 'batch_size'],
		['xyz', undefined],
		['', undefined],
	])('to %j is %j', (text, expected) => {
		expect(nearest(text, names)).toBe(expected);
	});

	it('is none where there are no names', () => {
		expect(nearest('num_epochs', [])).toBeUndefined();
	});
});
