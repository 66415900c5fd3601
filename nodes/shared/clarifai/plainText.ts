/**
 * Text from outside, made harmless for n8n's editor, which renders messages as HTML: no tags, no
 * control characters, no endless length.
 */
export function plainText(text: string, maxLength: number): string {
	const clean = text
		.slice(0, maxLength * 2)
		.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
		.replace(/</g, '‹')
		.replace(/>/g, '›');
	return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean;
}
