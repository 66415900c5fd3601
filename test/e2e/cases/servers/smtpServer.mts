import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface MailServer {
	port: number;
	/** The mails received so far, as they came over the wire. */
	mails: string[];
	close(): void;
}

/** Takes every mail, and sends none. */
export async function startMailServer(): Promise<MailServer> {
	const mails: string[] = [];
	const server = createServer((socket) => converse(socket, (mail) => mails.push(mail)));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return { port: (server.address() as AddressInfo).port, mails, close: () => void server.close() };
}

function converse(socket: Socket, deliver: (mail: string) => void) {
	let received = '';
	let inMail = false;
	const say = (line: string) => socket.write(`${line}\r\n`);
	socket.setEncoding('utf8');
	socket.on('error', () => socket.destroy());
	socket.on('data', (text: string) => {
		received += text;
		for (;;) {
			const end = inMail ? '\r\n.\r\n' : '\r\n';
			const at = received.indexOf(end);
			if (at < 0) return;
			const part = received.slice(0, at);
			received = received.slice(at + end.length);
			if (inMail) {
				inMail = false;
				deliver(part);
				say('250 accepted');
			} else if (/^DATA/i.test(part)) {
				inMail = true;
				say('354 go on');
			} else if (/^QUIT/i.test(part)) {
				say('221 bye');
				socket.end();
			} else {
				say('250 fine');
			}
		}
	});
	say('220 mail server of a test');
}
