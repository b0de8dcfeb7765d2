import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PitwallError } from '@pitwall/protocol';
import { parseSimtrace, type Simtrace } from '@pitwall/protocol/simtrace';

/** A day of driving is 300 MB. */
const largestBytes = 512 * 1024 * 1024;

/**
 * Reads a simtrace log, gzipped or not.
 * @throws PitwallError `not-found`, `simtrace-invalid`.
 */
export function readSimtrace(file: string): Simtrace {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new PitwallError('not-found', `The log ${file} cannot be read.`, { cause });
  }
  return parseSimtrace(textOf(unpacked(bytes, basename(file))), basename(file));
}

/** UTF-8; or UTF-16 with its byte order mark, as Windows' own programs save it. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8');
}

function unpacked(bytes: Buffer, what: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largestBytes });
  } catch (cause) {
    throw new PitwallError('simtrace-invalid', `${what} is gzipped and cannot be unpacked: is it whole?`, { cause });
  }
}
