import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/index.js';
import type { Models } from '../garage/index.js';
import { LiveRaces } from '../live/index.js';
import type { RaceTrack, Tracks } from '../tracks/index.js';
import type { Config } from './config.js';
import type { Track } from './track.js';

interface Parts {
  readonly track: Track;
  readonly tracks: Tracks;
  readonly models: Models;
  readonly accounts: Accounts;
  /** Where this controller is reached from its own machine. */
  readonly http: string;
  readonly logger: Logger;
}

/** The simulated cars of LIVE races, as processes of this controller. */
export function openLive(config: Config, { track, tracks, models, accounts, http, logger }: Parts): LiveRaces {
  return new LiveRaces({
    desk: track.desk,
    cars: track.cars,
    models,
    accounts,
    broker: track.url,
    http,
    ca: config.mqtt.url === undefined ? undefined : config.mqtt.ca,
    folder: join(config.data, 'live'),
    trackFile: async (raced) => await trackFile(tracks, join(config.data, 'live', 'tracks'), raced),
    log: logger,
  });
}

/** A track as the file that its simulated car and gate read. @throws PitwallError `not-found`. */
async function trackFile(tracks: Tracks, folder: string, track: RaceTrack): Promise<string> {
  const uploaded = await tracks.uploaded(track);
  if (uploaded === undefined) return fileURLToPath(import.meta.resolve(`@pitwall/protocol/tracks/${track.id}.json`));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${track.id}-${track.version}.json`);
  await writeFile(file, uploaded);
  return file;
}
