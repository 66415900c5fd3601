import type { Call, Handler } from '../call.mts';
import { isPermitted } from '../auth.mts';
import { loadProtos } from '../protos.mts';
import { ApiError, Code, describeCode } from '../statuses.mts';

const myScopes: Handler = (call) => ({ ...scopesOf(call), app: call.app.message });

function scopesOf({ caller }: Call) {
	const scopes = caller!.scopes;
	const rpcs = loadProtos().rpcs.filter((rpc) => isPermitted(caller!, rpc));
	return {
		scopes: scopes === 'all' ? ['All'] : scopes,
		endpoints: rpcs.map(({ endpoint }) => endpoint),
	};
}

const getUser: Handler = (call) => ({ user: call.user.message });

const listStatusCodes: Handler = () => ({
	statuses: [...new Set(Object.values(loadProtos().statusCodes))]
		.filter((code) => code !== 0)
		.map((code) => ({ code, description: describeCode(code) })),
});

const getStatusCode: Handler = (call) => {
	const code = Number(call.request.status_code_id);
	if (!Object.values(loadProtos().statusCodes).includes(code)) {
		throw new ApiError(Code.doesNotExist, `Status code '${code}' does not exist`);
	}
	return { status: { code, description: describeCode(code) } };
};

export const accountHandlers: Record<string, Handler> = {
	MyScopes: myScopes,
	MyScopesUser: scopesOf,
	MyScopesRoot: scopesOf,
	GetUser: getUser,
	ListStatusCodes: listStatusCodes,
	GetStatusCode: getStatusCode,
};
