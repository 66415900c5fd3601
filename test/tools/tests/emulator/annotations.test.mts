import { useEmulator } from '../../emulator/useEmulator.mts';

const PATH = '/v2/users/demo-user/apps/demo-app';
const BOX = { top_row: 0.1, left_col: 0.2, bottom_row: 0.5, right_col: 0.6 };

const clarifai = useEmulator();

const region = (id: string) => ({
	region_info: { bounding_box: BOX },
	data: { concepts: [{ id, value: 1 }] },
});

const post = async (inputId: string, ...regions: object[]) =>
	await clarifai.client.send('POST', `${PATH}/annotations`, {
		annotations: [{ input_id: inputId, data: { regions } }],
	});

beforeEach(async () => {
	const data = { image: { url: 'https://files.example/a.jpg' }, regions: [region('cat')] };
	await clarifai.client.send('POST', `${PATH}/inputs`, { inputs: [{ id: 'a', data }] });
});

test('an annotation adds its region to an input that has been processed', async () => {
	clarifai.emulator.clock.advance(10_000);

	const { code, json } = await post('a', region('dog'));

	expect(code).toBe(10000);
	expect(json.annotations).toMatchObject([{ input_id: 'a', status: { code: 24150 } }]);
	const { input } = (await clarifai.client.get(`${PATH}/inputs/a`)).json;
	expect(input.data.regions).toMatchObject([region('cat'), region('dog')]);
});

test.each([
	['of an input that has not been processed', 'a', 0, [region('dog')]],
	['of an input that is not there', 'b', 10_000, [region('dog')]],
	['of two regions', 'a', 10_000, [region('dog'), region('cat')]],
	['with a concept that cannot be', 'a', 10_000, [region('a dog')]],
])('an annotation %s is refused', async (_what, inputId, waited, regions) => {
	clarifai.emulator.clock.advance(waited);

	const { code } = await post(inputId, ...regions);

	expect(code).toBe(10020);
});
