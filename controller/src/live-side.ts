import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PitwallError } from '@pitwall/protocol';
import type { Logger } from 'pino';
import type { Accounts } from './accounts/index.js';
import type { Config } from './config.js';
import type { Models } from './garage/index.js';
import { LiveRaces } from './live/index.js';
import type { Track } from './track-side.js';

interface Parts {
  readonly track: Track;
  readonly models: Models;
  readonly accounts: Accounts;
  /** Where this controller is reached from its own machine. */
  readonly http: string;
  readonly logger: Logger;
}

/** The simulated cars of LIVE races, as processes of this controller. */
export function openLive(config: Config, { track, models, accounts, http, logger }: Parts): LiveRaces {
  return new LiveRaces({
    desk: track.desk,
    cars: track.cars,
    models,
    accounts,
    broker: track.url,
    http,
    ca: config.tls?.cert,
    folder: join(config.data, 'live'),
    trackFile,
    log: logger,
  });
}

function trackFile(id: string): string {
  const file = fileURLToPath(import.meta.resolve(`@pitwall/protocol/tracks/${id}.json`));
  if (!existsSync(file))
    throw new PitwallError('not-found', `There is no track ${id}; GET /api/v1/tracks lists those for LIVE races.`);
  return file;
}
