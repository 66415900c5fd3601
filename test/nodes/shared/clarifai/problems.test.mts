import { InputProblem, inputProblemOf, Problems } from '../../../../nodes/shared/clarifai/problems.ts';

describe('problems', () => {
	it('are gathered', async () => {
		const problems = new Problems();
		const fail = () => {
			throw new InputProblem('Wrong', 'Mend it.');
		};

		expect(problems.of(() => 5)).toBe(5);
		expect(problems.of(fail)).toBeUndefined();
		expect(await Promise.resolve().then(fail).catch(problems.keep)).toBeUndefined();
		expect(problems.found.map(({ message }) => message)).toEqual(['Wrong', 'Wrong']);
	});

	it('are not gathered where they are mistakes of the program', () => {
		const problems = new Problems();

		expect(() =>
			problems.of(() => {
				throw new TypeError('x');
			}),
		).toThrow(TypeError);
		expect(problems.found).toEqual([]);
	});

	it('become one error, each hint once', () => {
		const error = inputProblemOf([
			new InputProblem('A', 'Mend it.'),
			new InputProblem('B', 'Mend it.'),
			new InputProblem('C', 'Leave it out.'),
		]);

		expect(error.message).toBe('3 parameters need to be corrected: A; B; C');
		expect(error.hint).toBe('Mend it. Leave it out.');
		expect(inputProblemOf([error])).toBe(error);
	});
});
