import type { Rpc } from './protos.mts';
import type { Key, World } from './state.mts';
import { ApiError, Code } from './statuses.mts';

/** Tokens are 32 hex digits, as Clarifai's are. */
const TOKEN_FORMAT = /^[0-9a-f]{32}$/;

/** Who sends a request, or a refusal as Clarifai words it. Calls with NoAuth have no caller. */
export function authorize(world: World, rpc: Rpc, header: string | undefined): Key | undefined {
	if (rpc.authType === 'NoAuth') return undefined;
	const token = /^Key (.+)$/.exec(header ?? '')?.[1];
	if (token === undefined) {
		throw new ApiError(
			Code.invalidRequest,
			'Empty or malformed authorization header. Please provide an API key or session token.',
		);
	}
	if (!TOKEN_FORMAT.test(token)) throw new ApiError(Code.keyInvalid, 'Invalid format of key.');
	const key = world.keys.get(token);
	if (!key) throw new ApiError(Code.keyNotFound, 'invalid key(None)');
	if (!isPermitted(key, rpc)) {
		throw new ApiError(Code.insufficientScopes, `The key may not call ${rpc.endpoint}`);
	}
	return key;
}

/** Whether a key is of the kind and has the scopes that the proto asks for. */
export function isPermitted(key: Key, rpc: Rpc) {
	if (rpc.authType === 'NoAuth') return true;
	const kinds = { pat: ['PATAuth', 'KeyAuth'], app: ['KeyAuth'] };
	if (!kinds[key.kind].includes(rpc.authType)) return false;
	const { scopes } = key;
	return scopes === 'all' || rpc.scopes.every((scope) => scopes.includes(scope));
}
