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
  return parseSimtrace(unpacked(bytes, basename(file)).toString('utf8'), basename(file));
}

function unpacked(bytes: Buffer, what: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largestBytes });
  } catch (cause) {
    throw new PitwallError('simtrace-invalid', `${what} is gzipped and cannot be unpacked: is it whole?`, { cause });
  }
}
