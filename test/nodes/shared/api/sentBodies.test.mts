import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { inMemory, mp4, numbered, withFile } from '../../media.mts';
import { DEMO, locate, setUpOnSockets } from '../../setup.mts';

/** More than the buffers of a connection hold. */
const FILE_BYTES = 12_000_000;

const MODEL = locate(
	'url',
	`https://clarifai.com/${DEMO.publicUserId}/${DEMO.publicAppId}/models/${DEMO.publicModels.classifier}`,
);

const PREDICTED = JSON.stringify({
	status: { code: 10000 },
	outputs: [{ status: { code: 10000 }, data: { concepts: [{ id: 'a', name: 'a', value: 1 }] } }],
});

const JSON_TYPE = { 'content-type': 'application/json' };

let gateway: Server;

afterEach(() => {
	gateway.closeAllConnections();
	gateway.close();
});

/** What the gateway answers to the first upload, of which it has not read anything yet. */
type Early = (response: ServerResponse) => void;

/** Without an end, for which Node.js would let the upload go. */
function refuse(response: ServerResponse) {
	response.writeHead(503, { ...JSON_TYPE, 'content-length': 2 }).write('{}');
}

/** So long an answer that the node gives it up, and n8n does not. */
async function trickle(response: ServerResponse) {
	response.writeHead(200, JSON_TYPE);
	while (!response.destroyed) {
		response.write(' ');
		await delay(100);
	}
}

it.each<[string, Early, number, number]>([
	['was answered before it was read', refuse, 2, 60],
	['was given up while it was read', (response) => void trickle(response), 1, 2],
])(
	'an upload that %s arrives as it was',
	async (_name, early, maxRequestsPerSecond, requestTimeoutSeconds) => {
		const platform = await setUpOnSockets();
		const files = numbered(4).map((name) => Buffer.concat([mp4(name), randomBytes(FILE_BYTES)]));
		const hashes = files.map((file) => hashOf(file));
		const arrived = new Set<string>();
		let first: IncomingMessage | undefined;
		let late: Promise<Buffer> | undefined;
		gateway = createServer((request, response) => {
			void (async () => {
				const isUpload = request.method === 'POST';
				if (isUpload && !first) {
					first = request;
					early(response);
					return;
				}
				if (isUpload) {
					arrived.add(fileIn(await bodyOf(request)));
					// When all the others have arrived, before it is sent again.
					if (arrived.size === files.length - 1) late = bodyOf(first!);
					response.writeHead(200, JSON_TYPE).end(PREDICTED);
					return;
				}
				const { authorization } = request.headers;
				const headers = { authorization: authorization! };
				const answer = await fetch(platform.emulator.url + request.url!, { headers });
				response.writeHead(answer.status, JSON_TYPE).end(await answer.text());
			})();
		});
		gateway.listen(0, '127.0.0.1');
		await once(gateway, 'listening');
		const { port } = gateway.address() as AddressInfo;
		const { run } = await platform.withCredential({ baseUrl: `http://127.0.0.1:${port}` });

		const { json, error } = await run(
			'clarifaiPredict',
			// One after the other, so that the later ones find the buffer of the first.
			{
				model: MODEL,
				inputType: 'video',
				options: { maxRequestsPerSecond, requestTimeoutSeconds },
			},
			{
				items: files.map((file) =>
					// What the item says of its size would lengthen the time for the request.
					withFile({ ...inMemory(file, { mimeType: 'video/mp4' }), ...{ bytes: 1 } }),
				),
			},
		);

		expect(error).toBeUndefined();
		expect(json).toHaveLength(files.length);
		expect([...arrived].sort()).toEqual([...hashes].sort());
		expect(hashes).toContain(fileIn(await late!));
	},
	60_000,
);

const hashOf = (file: Buffer) => createHash('sha256').update(file).digest('hex');

function fileIn(body: Buffer): string {
	const { inputs } = JSON.parse(body.toString()) as {
		inputs: Array<{ data: { video: { base64: string } } }>;
	};
	return hashOf(Buffer.from(inputs[0].data.video.base64, 'base64'));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
