import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

/** A self-hosted platform whose certificate nobody trusts: TLS in front of a server on this computer. */
export async function startSelfSigned(port: number): Promise<{ url: string; close(): void }> {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const server = createServer(
		{
			key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
			cert: selfSigned(privateKey, publicKey),
		},
		(socket) => {
			const upstream = connect(port, '127.0.0.1');
			for (const each of [socket, upstream]) each.on('error', () => upstream.destroy());
			socket.pipe(upstream).pipe(socket);
		},
	);
	// A client that does not trust the certificate ends the handshake.
	server.on('tlsClientError', () => undefined);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port: own } = server.address() as AddressInfo;
	return { url: `https://127.0.0.1:${own}`, close: () => void server.close() };
}

const [INTEGER, BIT_STRING, OID, UTF8, TIME, SEQUENCE, SET] = [2, 3, 6, 12, 24, 48, 49];
const VERSION = 0xa0;

const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];

/** The least that is an X.509 certificate (RFC 5280), in PEM. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): string {
	const algorithm = der(SEQUENCE, der(OID, Buffer.from(ECDSA_WITH_SHA256)));
	const commonName = [der(OID, Buffer.from(COMMON_NAME)), der(UTF8, Buffer.from('self-signed'))];
	const name = der(SEQUENCE, der(SET, der(SEQUENCE, ...commonName)));
	const content = der(
		SEQUENCE,
		der(VERSION, der(INTEGER, Buffer.from([2]))),
		der(INTEGER, Buffer.from([1])),
		algorithm,
		name,
		der(
			SEQUENCE,
			...['20260101000000Z', '21260101000000Z'].map((at) => der(TIME, Buffer.from(at))),
		),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
	);
	const signature = Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)]);
	const certificate = der(SEQUENCE, content, algorithm, der(BIT_STRING, signature));
	return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...contents: Buffer[]): Buffer {
	const content = Buffer.concat(contents);
	const { length } = content;
	const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
