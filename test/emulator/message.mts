/**
 * A protobuf message in the form the emulator works with: snake_case keys, enums as numbers,
 * timestamps as RFC 3339 text, Struct and Value as plain JSON. What its keys may be is said by the
 * protos and checked when it is read and written, hence `any`.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = Record<string, any>;

/** proto3 cannot tell a zero value from an absent one, so neither may the emulator. */
export function isZeroValue(value: unknown) {
	return (
		value === 0 || value === '' || value === false || (Array.isArray(value) && value.length === 0)
	);
}
