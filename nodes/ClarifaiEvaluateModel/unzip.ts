const DIRECTORY_END = 0x06054b50;
const DIRECTORY_HEADER = 0x02014b50;
/** Of the fixed part of each record. */
const DIRECTORY_END_SIZE = 22;
const DIRECTORY_HEADER_SIZE = 46;
const LOCAL_HEADER_SIZE = 30;
const STORED = 0;
const DEFLATED = 8;

/** One file of an archive. */
export interface ZippedFile {
	name: string;
	content: Buffer;
}

/**
 * The files of a ZIP archive, such as Clarifai's exports of datasets. Archives above 4 GB have records
 * that are not read here.
 * @throws Error when it is none, or packed in another way than ZIP archives usually are
 */
export async function unzip(archive: Buffer): Promise<ZippedFile[]> {
	const end = archive.lastIndexOf(bytesOf(DIRECTORY_END));
	if (end < 0 || end + DIRECTORY_END_SIZE > archive.length) {
		throw new Error('The export is not a ZIP archive');
	}
	const count = archive.readUInt16LE(end + 10);
	let at = archive.readUInt32LE(end + 16);
	const files: ZippedFile[] = [];
	for (let file = 0; file < count; file++) {
		if (archive.readUInt32LE(at) !== DIRECTORY_HEADER) {
			throw new Error('The directory of the ZIP archive is damaged');
		}
		const method = archive.readUInt16LE(at + 10);
		const size = archive.readUInt32LE(at + 20);
		const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
			archive.readUInt16LE(at + offset),
		);
		const name = archive.toString(
			'utf8',
			at + DIRECTORY_HEADER_SIZE,
			at + DIRECTORY_HEADER_SIZE + nameLength,
		);
		const local = archive.readUInt32LE(at + 42);
		const start =
			local +
			LOCAL_HEADER_SIZE +
			archive.readUInt16LE(local + 26) +
			archive.readUInt16LE(local + 28);
		files.push({ name, content: await unpack(archive.subarray(start, start + size), method) });
		at += DIRECTORY_HEADER_SIZE + nameLength + extraLength + commentLength;
	}
	return files;
}

async function unpack(packed: Buffer, method: number): Promise<Buffer> {
	if (method === STORED) return packed;
	if (method !== DEFLATED) throw new Error(`The ZIP archive is packed by method ${method}`);
	const stream = new Blob([new Uint8Array(packed)])
		.stream()
		.pipeThrough(new DecompressionStream('deflate-raw'));
	return Buffer.from(await new Response(stream).arrayBuffer());
}

function bytesOf(signature: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(signature);
	return bytes;
}
