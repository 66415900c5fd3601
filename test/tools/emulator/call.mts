import type { Fault } from './faults.mts';
import type { Message } from './message.mts';
import type { Rpc } from './protos.mts';
import type { RecordedRequest } from './requests.mts';
import type { AppState, Key, ModelState, UserState, VersionState, World } from './state.mts';
import { ApiError, Code } from './statuses.mts';
import { noteShown, visible } from './untidyLists.mts';

const DEFAULT_PER_PAGE = 128;
const MAX_PER_PAGE = 1000;

const SORT_KEYS: Record<string, string> = {
	sort_by_id: 'id',
	sort_by_name: 'name',
	sort_by_created_at: 'created_at',
	sort_by_modified_at: 'modified_at',
	// Of evaluations alone.
	sort_by_app_id: 'app_id',
	sort_by_roc_auc: 'roc_auc',
	sort_by_f1: 'f1',
	sort_by_mean_avg_precision: 'mean_avg_precision',
	sort_by_precision: 'precision',
	sort_by_recall: 'recall',
	sort_by_model_id: 'model_id',
	sort_by_eval_dataset_id: 'eval_dataset_id',
	sort_by_train_dataset_id: 'train_dataset_id',
};

/** Request fields that every list takes; `additional_fields` never changes what the emulator shows. */
const COMMON_FIELDS = [
	'user_app_id',
	'page',
	'per_page',
	'additional_fields',
	'sort_ascending',
	...Object.keys(SORT_KEYS),
];

export type Handler = (call: Call) => Message;

/** One authorized and decoded request, with what handlers need to carry it out. */
export class Call {
	readonly now: number;

	constructor(
		readonly world: World,
		readonly rpc: Rpc,
		readonly request: Message,
		readonly record: RecordedRequest,
		readonly caller: Key | undefined,
		readonly fault: Fault | undefined,
	) {
		this.now = world.clock.now();
	}

	get path() {
		return this.record.path;
	}

	/** The app of the URL, or of an app key when the URL names none. */
	get app(): AppState {
		const { appId } = this.#ids();
		// Captured for a PAT without an app: tyarkoni/pliers#403.
		if (!appId) {
			throw new ApiError(Code.keyInvalid, 'Must provide app external ID in API authorizer');
		}
		const app = this.user.apps.get(appId);
		// Assumed: no capture shows how an unknown user or app is refused.
		if (!app || !this.mayRead(app)) {
			throw new ApiError(Code.doesNotExist, `App '${appId}' does not exist`);
		}
		if (this.#writes() && !this.owns(app)) {
			throw new ApiError(Code.insufficientScopes, `App '${appId}' belongs to another user`);
		}
		return app;
	}

	get user(): UserState {
		const userId = this.#ids().userId;
		const user = userId ? this.world.users.get(userId) : undefined;
		if (!user) throw new ApiError(Code.doesNotExist, `User '${userId ?? ''}' does not exist`);
		return user;
	}

	/**
	 * The apps a list covers: one app, all apps of a user, or, for a PAT and a URL without user and
	 * app, the public ones (assumed).
	 */
	get listedApps(): AppState[] {
		const { userId, appId } = this.#ids();
		if (appId) return [this.app];
		if (userId) return [...this.user.apps.values()].filter((app) => this.mayRead(app));
		return this.world.allApps().filter((app) => app.isPublic);
	}

	owns(app: AppState) {
		return this.caller?.userId === app.userId;
	}

	mayRead(app: AppState) {
		if (this.caller?.kind === 'app') return this.owns(app) && this.caller.appId === app.id;
		return app.isPublic || this.owns(app);
	}

	get model(): ModelState {
		const { model_id: id } = this.request;
		const model = this.app.models.get(id);
		if (!model) throw new ApiError(Code.modelDoesNotExist, 'Model does not exist');
		return model;
	}

	get version(): VersionState {
		const { version_id: id } = this.request;
		const version = this.model.versions.get(id);
		// A missing version is refused like a missing model: assumed.
		if (!version) {
			throw new ApiError(Code.modelDoesNotExist, `Model version '${id}' does not exist`);
		}
		return version;
	}

	/** One page of a list; `page` counts from 1. Searches have both in their body. */
	paginate<T>(items: T[], defaultPerPage = DEFAULT_PER_PAGE): T[] {
		const { page = 1, per_page: asked = defaultPerPage } =
			(this.request.pagination as Message | undefined) ?? this.request;
		// The documented maximum; that more is refused, rather than cut, is assumed.
		if (asked > MAX_PER_PAGE) {
			throw new ApiError(Code.invalidRequest, `per_page: at most ${MAX_PER_PAGE}, got ${asked}`);
		}
		const perPage = Math.min(asked, this.world.untidy.plan.pageCap ?? MAX_PER_PAGE);
		const shownPage = this.fault?.kind === 'repeatPage' ? 1 : page;
		const shown = visible(this, items).slice((shownPage - 1) * perPage, shownPage * perPage);
		noteShown(this, shown);
		if (this.fault?.kind !== 'shrinkPage') return shown;
		return shown.slice(0, Math.floor(shown.length / 2));
	}

	/**
	 * Sorts as asked, by default newest first. Entries of the same millisecond stay in the order they
	 * were made in, or the reverse of it.
	 */
	sort(items: Message[], defaultKey = 'created_at'): Message[] {
		const { sort_ascending: ascending = false } = this.request;
		const asked = Object.keys(SORT_KEYS).find((field) => this.request[field]);
		const key = asked ? SORT_KEYS[asked]! : defaultKey;
		const compare = (left: Message, right: Message) =>
			left[key] < right[key] ? -1 : left[key] > right[key] ? 1 : 0;
		const sorted = [...items].sort(compare);
		return ascending ? sorted : sorted.reverse();
	}

	/** Refuses filters the emulator would otherwise silently leave out of account. */
	supportsOnly(...fields: string[]) {
		const known = [...COMMON_FIELDS, ...fields];
		const unknown = Object.keys(this.request).find((field) => !known.includes(field));
		if (!unknown) return;
		throw new ApiError(
			Code.notImplemented,
			`The emulator does not implement '${unknown}' of ${this.rpc.name}`,
		);
	}

	#ids(): { userId?: string; appId?: string } {
		const { user_id: asked, app_id: appId } = this.request.user_app_id ?? {};
		const userId = asked === 'me' ? this.caller?.userId : asked;
		if (this.caller?.kind !== 'app') return { userId, appId };
		const own = { userId: this.caller.userId, appId: this.caller.appId };
		const fits = (userId ?? own.userId) === own.userId && (appId ?? own.appId) === own.appId;
		// The description names this very case; that it is answered for it is assumed.
		if (!fits) throw new ApiError(Code.keyInvalid, `This key is not for the app '${appId}'`);
		return own;
	}

	#writes() {
		return this.rpc.scopes.some((scope) => /_(Add|Delete|Train|Patch)$/.test(scope));
	}
}
