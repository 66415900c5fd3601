import { inApp } from '../shared/api/call';
import { ClarifaiFailure } from '../shared/api/failures';
import { inputsOf } from '../shared/api/inputs';
import { replaceLabels } from '../shared/clarifai/inputs';
import { hasOtherLabels, type Existing, type Outcome } from './addResult';
import { answersFor } from './answeredInputs';
import { inHalves } from './halves';
import { notAnswered, refusal } from './refusals';

/**
 * What the items say replaces what is stored. Clarifai's "overwrite" takes away what is not sent, so
 * what an item does not say is sent as it is stored.
 */
export async function updateInputs(existing: Existing[]): Promise<Outcome[]> {
	const changed = existing.filter(({ item, result }) => hasOtherLabels(item, result));
	const mayBeOne = (error: unknown) => error instanceof ClarifaiFailure && error.isAboutInputs();
	const updated = await inHalves(changed, updateOnce, mayBeOne);
	const byItem = new Map(changed.map((each, index) => [each, updated[index]]));
	return existing.map((each) => byItem.get(each) ?? each.result);
}

async function updateOnce(changed: Existing[]): Promise<Outcome[]> {
	const [{ item: first }] = changed;
	const { scope } = first.request;
	const updates = changed.map(({ item, result }) => ({
		id: item.id,
		data: replaceLabels(result.data, item.request.labels),
	}));
	const answer = await first.run.client.request({
		method: 'PATCH',
		path: inApp(scope, 'inputs'),
		body: { action: 'overwrite', inputs: updates },
		// The same labels again change nothing.
		repeatable: true,
		entries: 'inputs',
	});
	const items = changed.map(({ item }) => item);
	const answers = answersFor(items, inputsOf(answer), 'PATCH');
	return changed.map(({ item, result }, index) => {
		const shown = answers[index];
		if (!shown) return notAnswered(item.id, 'PATCH', scope);
		if (shown.processing === 'failed') return refusal(shown, 'PATCH', scope);
		return { ...result, status: 'updated', data: updates[index].data, raw: shown.raw };
	});
}
