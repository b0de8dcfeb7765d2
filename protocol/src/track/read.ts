import { PitwallError } from '../errors.js';
import { parse } from '../parse.js';
import { buildTrack } from './build.js';
import { TrackDescription } from './description.js';
import { trackFaults } from './faults.js';
import { readJsonTable } from './json-table.js';
import { demandFileSize } from './limits.js';
import { isNpy, readNpy } from './npy.js';
import { type RouteOptions, routeOf } from './route.js';
import { buildRoute, RouteDescription } from './route-file.js';
import { type RuleViolation, routeViolations, ruleViolations } from './rules.js';
import { type Table, type Wrong, wrongOf } from './table.js';
import { readText } from './text-table.js';
import type { Track } from './track.js';

/** Node and browsers have it; this package knows the types of neither. */
declare const TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };

export interface ReadOptions extends RouteOptions {
  /** Of a file of ours the file says it; otherwise made from the file's name. */
  readonly id?: string;
  readonly name?: string;
}

/** A track as a file has it, with what is to be said of it. */
export interface ReadTrack {
  readonly track: Track;
  /** Of a file of ours that is made of straights and arcs. */
  readonly description?: TrackDescription;
  /** What was odd about the file and how it was read, a sentence each. */
  readonly notes: readonly string[];
  /** Why it cannot be raced on, a sentence each. */
  readonly faults: readonly string[];
  /** Building rules of the physical league that it breaks. */
  readonly violations: readonly RuleViolation[];
}

/**
 * Reads a track from a file: one of ours, NumPy's `.npy`, rows of numbers (`.csv`, `.txt`), `{waypoints}`, GeoJSON. What it
 * is, the content tells; the name only names it.
 * @throws PitwallError `track-invalid` with what is odd, where nothing can be drawn
 */
export function readTrackFile(bytes: Uint8Array, file: string, options: ReadOptions = {}): ReadTrack {
  const base = file.replace(/\.[a-z0-9]{1,8}$/i, '').slice(0, 60) || 'track';
  const wrong = wrongOf(base);
  demandFileSize(`The track ${base}`, bytes.length);
  const value = isNpy(bytes) ? undefined : jsonOf(bytes, wrong);
  if (value !== undefined && isOurs(value)) return readOurs(value, `The track ${base}`);
  const table = value === undefined ? tableIn(bytes, wrong) : readJsonTable(value, wrong);
  const names = { id: options.id ?? trackIdOf(base), name: options.name ?? base };
  const { track, notes } = routeOf(table, names, options, wrong);
  return { track, notes, faults: trackFaults(track), violations: routeViolations(track) };
}

/**
 * Reads a track to race on. @throws PitwallError `track-invalid` also where it has faults, or breaks a building rule as a
 * file of straights and arcs, which is easily put right
 */
export function readRaceTrack(bytes: Uint8Array, file: string, options: ReadOptions = {}): ReadTrack {
  const read = readTrackFile(bytes, file, options);
  demandRaceable(read, `The track ${read.track.name}`);
  return read;
}

/** @throws PitwallError `track-invalid` */
export function demandRaceable({ description, faults, violations }: ReadTrack, what: string): void {
  if (faults.length > 0) {
    throw new PitwallError('track-invalid', `${what} cannot be raced on. ${faults.slice(0, 3).join(' ')}`, {
      details: { faults },
    });
  }
  if (description === undefined || violations.length === 0) return;
  const shown = violations.slice(0, 3).map(({ message }) => message);
  throw new PitwallError('track-invalid', `${what} breaks the building rules: ${shown.join(' ')}`, {
    details: { violations },
  });
}

/** Parses, checks and builds one of our track files. @throws PitwallError `track-invalid` */
export function parseTrack(json: string, what: string): Track {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new PitwallError('track-invalid', `${what} is not JSON.`, { cause });
  }
  const read = readOurs(value, what);
  demandRaceable(read, what);
  return read.track;
}

/** An id made from a file's name. */
export function trackIdOf(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return id === '' ? 'route' : id;
}

const isOurs = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('segments' in value || 'lines' in value || 'widthM' in value);

function readOurs(value: unknown, what: string): ReadTrack {
  if (typeof value === 'object' && value !== null && 'lines' in value) {
    const track = buildRoute(parse(RouteDescription, value, what, 'track-invalid'));
    return { track, notes: [], faults: trackFaults(track), violations: routeViolations(track) };
  }
  const description = parse(TrackDescription, value, what, 'track-invalid');
  const violations = ruleViolations(description);
  return { track: buildTrack(description), description, notes: [], faults: [], violations };
}

/** What kinds of file are brought along instead of a track, by their first bytes. */
const others: readonly (readonly [string, string])[] = [
  ['PK\u0003\u0004', 'is a zip archive (.npz is one too); give the array in it: numpy.save(file, archive["…"]).'],
  ['\u001f\u008b', 'is gzipped; unpack it first.'],
  ['\u0089PNG', 'is a picture; give its points as .npy, .csv or .json.'],
  ['\u00ff\u00d8\u00ff', 'is a picture; give its points as .npy, .csv or .json.'],
  ['%PDF', 'is a PDF; give its points as .npy, .csv or .json.'],
  ['\u0080', 'is a Python pickle, which is not opened; save numbers with numpy.save(file, array).'],
];

function tableIn(bytes: Uint8Array, wrong: Wrong): Table {
  if (isNpy(bytes)) return readNpy(bytes, wrong);
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  const other = others.find(([magic]) => start.startsWith(magic));
  if (other !== undefined) throw wrong(other[1]);
  return readText(textOf(bytes, wrong), wrong);
}

/** The file as JSON; undefined where it is none. Python's tuples pass for lists. */
function jsonOf(bytes: Uint8Array, wrong: Wrong): unknown {
  const first = bytes.find((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf, 0xfe, 0xff].includes(byte));
  if (first !== 0x7b && first !== 0x5b && first !== 0x28) return undefined;
  const text = textOf(bytes, wrong).trim();
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (text.startsWith('{')) {
      const why = cause instanceof Error ? cause.message.split('\n')[0] : '';
      throw wrong(`is not JSON (${why?.slice(0, 120)}).`, cause);
    }
  }
  try {
    return JSON.parse(
      text
        .replaceAll('(', '[')
        .replaceAll(')', ']')
        .replace(/,\s*\]/g, ']'),
    );
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array, wrong: Wrong): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const text = new TextDecoder(utf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(bytes);
  if (text.includes('\0')) throw wrong('is no text and no NumPy array. Give a .npy, .csv, .txt or .json file.');
  return text;
}
