import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { PitwallError } from '@pitwall/protocol';

/** One entry of a zip archive, as its directory tells of it. */
export interface ZipEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Unpacked, bytes. */
  readonly size: number;
  /** Its contents; ends in an error where they are not what the directory says. */
  readonly stream: () => AsyncIterable<unknown>;
}

const broken = (what: string) => new PitwallError('archive-invalid', `The archive ${what}.`);
const torn = () => broken('is a zip file that is cut short or damaged. Copy or download it again');

/** APPNOTE.TXT 4.3.12, 4.3.16, 4.3.7. */
const end = { signature: 0x06054b50, length: 22, longestComment: 65_535 };
const central = { signature: 0x02014b50, length: 46 };
const local = { signature: 0x04034b50, length: 30 };
const methods = { stored: 0, deflated: 8 };
const longestDirectory = 16 * 2 ** 20;
const flags = { encrypted: 1, utf8: 0x800 };

/**
 * The entries of a zip archive, in the order of its directory.
 * @param most so many at most are looked at
 * @throws PitwallError `archive-invalid`
 */
export async function zipEntries(file: FileHandle, most: number): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tail = await read(
    file,
    Math.max(0, size - end.length - end.longestComment),
    Math.min(size, end.length + end.longestComment),
  );
  let at = tail.length - end.length;
  while (at >= 0 && tail.readUInt32LE(at) !== end.signature) at -= 1;
  if (at < 0) throw torn();
  const [count, length, start] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (count === 0xffff || start === 0xffffffff)
    throw broken('is a zip64 archive; pack it again as an ordinary zip or .tar.gz');
  if (start + length > size) throw torn();
  if (length > longestDirectory)
    throw new PitwallError('archive-too-large', 'The archive lists more than any model has. It is no model archive.');
  const directory = await read(file, start, length);
  const entries: ZipEntry[] = [];
  for (let from = 0; from < length && entries.length <= most; ) {
    if (from + central.length > length || directory.readUInt32LE(from) !== central.signature) throw torn();
    const nameLength = directory.readUInt16LE(from + 28);
    const next =
      from + central.length + nameLength + directory.readUInt16LE(from + 30) + directory.readUInt16LE(from + 32);
    if (next > length) throw torn();
    entries.push(entryOf(file, directory.subarray(from, next), nameLength));
    from = next;
  }
  return entries;
}

function entryOf(file: FileHandle, record: Buffer, nameLength: number): ZipEntry {
  const flag = record.readUInt16LE(8);
  const method = record.readUInt16LE(10);
  const [sum, packed, size] = [record.readUInt32LE(16), record.readUInt32LE(20), record.readUInt32LE(24)];
  const name = record
    .subarray(central.length, central.length + nameLength)
    .toString((flag & flags.utf8) !== 0 ? 'utf8' : 'latin1')
    // Some tools of Windows write their own separator, against 4.4.17.
    .replaceAll('\\', '/');
  if ((flag & flags.encrypted) !== 0) throw broken('is locked with a password; pack the model without one');
  if (method !== methods.stored && method !== methods.deflated)
    throw broken(
      `holds ${JSON.stringify(name.slice(0, 80))}, packed by method ${method}; pack it again as an ordinary zip`,
    );
  // The upper half holds the mode where a Unix made it: 4.4.15, S_IFLNK.
  const symlink = ((record.readUInt32LE(38) >>> 28) & 0xf) === 0xa;
  const offset = record.readUInt32LE(42);
  return {
    name,
    type: name.endsWith('/') ? 'directory' : symlink ? 'symlink' : 'file',
    size,
    stream: () => contents(file, { offset, packed, size, sum, deflated: method === methods.deflated }),
  };
}

async function* contents(
  file: FileHandle,
  {
    offset,
    packed,
    size,
    sum,
    deflated,
  }: { offset: number; packed: number; size: number; sum: number; deflated: boolean },
): AsyncIterable<Buffer> {
  const header = await read(file, offset, local.length);
  if (header.readUInt32LE(0) !== local.signature) throw torn();
  const start = offset + local.length + header.readUInt16LE(26) + header.readUInt16LE(28);
  const chunks = pieces(file, start, packed);
  let [length, crc] = [0, 0];
  try {
    const plain = deflated ? pipeline(chunks, createInflateRaw({ chunkSize: 2 ** 18 }), () => {}) : chunks;
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > size) throw torn();
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof PitwallError ? error : torn();
  }
  if (length !== size || crc !== sum) throw torn();
}

async function* pieces(file: FileHandle, start: number, length: number): AsyncIterable<Buffer> {
  for (let at = 0; at < length; at += 2 ** 18) yield await read(file, start + at, Math.min(2 ** 18, length - at));
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(buffer, at, length - at, position + at);
    if (bytesRead === 0) throw torn();
    at += bytesRead;
  }
  return buffer;
}
