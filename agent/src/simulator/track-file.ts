import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PitwallError } from '@pitwall/protocol';
import {
  demandRaceable,
  type ReadOptions,
  type ReadTrack,
  readTrackFile,
  type Track,
  trackLimits,
} from '@pitwall/protocol/track';

/**
 * Reads a track to race on: any file that {@link readTrackFile} knows, or the name of one that comes with Pitwall.
 * @throws PitwallError `not-found`, or `track-invalid` also for what only {@link readTrackAsIs} takes
 */
export function readTrack(fileOrName: string): Track {
  return readRaceTrack(fileOrName).track;
}

/** The same, with what was odd about the file. */
export function readRaceTrack(fileOrName: string): ReadTrack {
  const read = readTrackAsIs(fileOrName);
  demandRaceable(read, `The track ${basename(fileOrName)}`);
  return read;
}

/** The same with its faults and without asking for the building rules: for those who look at tracks. */
export function readTrackAsIs(fileOrName: string, options: ReadOptions = {}): ReadTrack {
  const ours = /^[a-z0-9-]+$/.test(fileOrName);
  const path = ours ? fileURLToPath(import.meta.resolve(`@pitwall/protocol/tracks/${fileOrName}.json`)) : fileOrName;
  let bytes: Uint8Array;
  try {
    const { size } = statSync(path);
    // A file that is far too large is not even read.
    bytes = size > trackLimits.fileBytes ? new Uint8Array(trackLimits.fileBytes + 1) : readFileSync(path);
  } catch (cause) {
    const what = ours ? `No track of ours is called ${fileOrName}` : `The track file ${fileOrName} cannot be read`;
    throw new PitwallError(
      'not-found',
      `${what}. Give a .json, .npy, .csv or .txt file, or the name of a track of ours.`,
      { cause },
    );
  }
  return readTrackFile(bytes, basename(path), options);
}
