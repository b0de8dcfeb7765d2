import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PitwallError, parseJson } from '@pitwall/protocol';
import type { OnlineSetup } from '@pitwall/protocol/api';
import { TrackDescription } from '@pitwall/protocol/track';

const ownTracks = dirname(fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/oval.json')));

/** An online race is driven on a track that every evaluator has. @throws PitwallError `race-refused`. */
export function demandTrack({ id, version }: OnlineSetup['track']): void {
  const file = join(ownTracks, `${id}.json`);
  if (!existsSync(file))
    throw new PitwallError('race-refused', `There is no track ${id}; GET /api/v1/tracks lists those for online races.`);
  const track = parseJson(TrackDescription, readFileSync(file, 'utf8'), `Track ${id}`, 'track-invalid');
  if (track.version !== version)
    throw new PitwallError('race-refused', `Track ${id} is here in version ${track.version}, not ${version}.`);
}
