import { crc32, deflateRawSync } from 'node:zlib';

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_HEADER = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const VERSION = 20;
const DEFLATED = 8;
/** The first of January 1980, the earliest date there is in a ZIP archive. */
const DATE = 0x21;

/** A ZIP archive of files given by their names. */
export function zip(files: Record<string, Buffer>): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, content] of Object.entries(files)) {
		const deflated = deflateRawSync(content);
		const common = Buffer.alloc(26);
		common.writeUInt16LE(VERSION, 0);
		common.writeUInt16LE(DEFLATED, 4);
		common.writeUInt16LE(DATE, 8);
		common.writeUInt32LE(crc32(content), 10);
		common.writeUInt32LE(deflated.length, 14);
		common.writeUInt32LE(content.length, 18);
		common.writeUInt16LE(Buffer.byteLength(name), 22);
		const local = [uint32(LOCAL_HEADER), common, Buffer.from(name), deflated];
		const entry = Buffer.alloc(14);
		entry.writeUInt32LE(offset, 10);
		directory.push(uint32(DIRECTORY_HEADER), uint16(VERSION), common, entry, Buffer.from(name));
		parts.push(...local);
		offset += local.reduce((length, part) => length + part.length, 0);
	}
	const listed = Buffer.concat(directory);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(Object.keys(files).length, 4);
	end.writeUInt16LE(Object.keys(files).length, 6);
	end.writeUInt32LE(listed.length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, listed, uint32(DIRECTORY_END), end]);
}

function uint32(value: number) {
	const buffer = Buffer.alloc(4);
	buffer.writeUInt32LE(value);
	return buffer;
}

function uint16(value: number) {
	const buffer = Buffer.alloc(2);
	buffer.writeUInt16LE(value);
	return buffer;
}
