import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PitwallError, parseJson } from '@pitwall/protocol';
import { buildTrack, parseNpy, parseTrack, type Track, TrackDescription } from '@pitwall/protocol/track';

/** A file as it was found: bytes, and whether they are a route (`.npy`) or a description of ours. */
interface TrackFile {
  readonly bytes: Uint8Array;
  readonly route: boolean;
  readonly name: string;
}

/**
 * Reads a track: a file of ours (`.json`), a DeepRacer route (`.npy`), or the name of one that comes with Pitwall.
 * @throws PitwallError `not-found` or `track-invalid`
 */
export function readTrack(fileOrName: string): Track {
  const file = open(fileOrName);
  if (file.route) return routeOf(file);
  return parseTrack(new TextDecoder().decode(file.bytes), `The track ${file.name}`);
}

/** The same without asking for the building rules, and with the description where there is one: for `track inspect`. */
export function readTrackAsIs(fileOrName: string): { track: Track; description: TrackDescription | undefined } {
  const file = open(fileOrName);
  if (file.route) return { track: routeOf(file), description: undefined };
  const text = new TextDecoder().decode(file.bytes);
  const description = parseJson(TrackDescription, text, `The track ${file.name}`, 'track-invalid');
  return { track: buildTrack(description), description };
}

function open(fileOrName: string): TrackFile {
  const ours = /^[a-z0-9-]+$/.test(fileOrName);
  const path = ours ? fileURLToPath(import.meta.resolve(`@pitwall/protocol/tracks/${fileOrName}.json`)) : fileOrName;
  try {
    const bytes = readFileSync(path);
    return { bytes, route: bytes[0] === 0x93 || extname(path) === '.npy', name: basename(path, extname(path)) };
  } catch (cause) {
    const what = ours ? `No track of ours is called ${fileOrName}` : `The track file ${fileOrName} cannot be read`;
    throw new PitwallError('not-found', `${what}. Give a .json or .npy file, or the name of a track of ours.`, {
      cause,
    });
  }
}

function routeOf({ bytes, name }: TrackFile): Track {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return parseNpy(bytes, { id: id === '' ? 'route' : id, name });
}
