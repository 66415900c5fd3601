import { withNodeFirst } from './npm.mts';

/** n8n's settings: only on this machine, no calls home, nothing inherited that configures another n8n. */
export function serverEnv(settings: {
	node: string;
	home: string;
	port: number;
	brokerPort: number;
	extra?: NodeJS.ProcessEnv;
}): NodeJS.ProcessEnv {
	const foreign =
		/^(N8N_|DB_|QUEUE_|EXECUTIONS_|OFFLOAD_|WEBHOOK_|npm_|JEST_|NODE_(ENV|OPTIONS|PATH)$)/;
	const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
	return {
		...Object.fromEntries(inherited),
		...withNodeFirst(settings.node),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: settings.home,
		N8N_PORT: String(settings.port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(settings.brokerPort),
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		// It fetches a list of servers from n8n at every start.
		N8N_DISABLED_MODULES: 'mcp-registry',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		// The emulator is on this machine, also where a proxy leads to everything else.
		NO_PROXY: [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1,localhost']
			.filter(Boolean)
			.join(','),
		...settings.extra,
	};
}
