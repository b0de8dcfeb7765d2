import { decodeText } from '@pitwall/runtime';
import { isDremFile, readDrem } from './drem.js';
import { importLimits, type LapFile, wrong } from './found-laps.js';
import { readMetrics, readSimtrace } from './simulator-files.js';

/**
 * Reads laps that other programs wrote; what a file is, its content says. @throws PitwallError `message-invalid`,
 * `simtrace-invalid`, with a sentence that says what it is and what is read.
 */
export function readLapFile(bytes: Uint8Array): LapFile {
  const text = textOf(bytes);
  if (text.trim() === '') throw wrong('is empty.');
  const begin = text.trimStart().slice(0, 2000);
  // What a cloud's log service gives is JSON around the rows.
  if (/^[[{]/.test(begin) && !text.includes('SIM_TRACE_LOG')) return readMetrics(text);
  if (/^<(!doctype|html|\?xml)/i.test(begin))
    throw wrong('is a page for a browser, as a login or an error gives one; download the file again, signed in.');
  if (isDremFile(begin)) return readDrem(text);
  if (/^-?\d/.test(begin) || /\bepisode\b/.test(begin) || text.includes('SIM_TRACE_LOG')) return readSimtrace(text);
  throw wrong(
    'is none that is read: DREM’s export of laps (CSV), metrics (JSON) or log (simtrace CSV) of a simulator.',
  );
}

const kinds: readonly (readonly [magic: string, what: string])[] = [
  ['504b0304', 'a zip archive or an Excel workbook (.xlsx): save its sheet as CSV UTF-8, or take the file out'],
  ['d0cf11e0', 'an Excel workbook (.xls): save its sheet as CSV UTF-8'],
  ['1f8b', 'packed with gzip: unpack it'],
  ['25504446', 'a PDF: export the CSV'],
];

function textOf(bytes: Uint8Array): string {
  if (bytes.length > importLimits.bytes)
    throw wrong(`has ${(bytes.length / 2 ** 20).toFixed(1)} MB; ${importLimits.bytes / 2 ** 20} MB are read at most.`);
  const begin = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  const packed = kinds.find(([magic]) => begin.startsWith(magic));
  if (packed !== undefined) throw wrong(`is ${packed[1]}.`);
  let text: string;
  try {
    text = decodeText(bytes, { fatal: true });
  } catch (cause) {
    throw wrong('is in another encoding than UTF-8; save it as CSV UTF-8, so that names stay what they are.', cause);
  }
  if (text.includes('\0') && !text.includes('SIM_TRACE_LOG') && !/^\uFEFF?episode/.test(text))
    throw wrong('is no text: it has bytes of zero.');
  return text;
}
