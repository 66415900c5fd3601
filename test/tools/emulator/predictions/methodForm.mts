import type { Message } from '../message.mts';

/**
 * The two forms of a request: the old one with media, and the one of a container's own methods, whose
 * arguments are in `parts` or plain values. What is asked in one form is answered in the same.
 */

/** The data in the old form. */
export function oldForm(data: Message): Message {
	const [first, ...rest]: Message[] = (data.parts ?? []).map((part: Message) => part.data ?? {});
	const argument = first ? rest.reduce((whole, part) => ({ ...part, ...whole }), first) : data;
	if (argument.string_value) return { text: { raw: argument.string_value } };
	return argument;
}

/** An answer in the form of its request. */
export function formOf(request: Message, answer: Message): Message {
	const asValue = answer.text ? { string_value: answer.text.raw } : answer;
	if (request.parts) return { parts: [{ id: 'return', data: asValue }] };
	return request.string_value ? asValue : answer;
}
