import { InputProblem, inputProblemOf } from '../../../../nodes/shared/parameters/problems.ts';

describe('problems', () => {
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
