import { compareVersions, parse } from '@pitwall/protocol';
import { type CarOverview, ReleaseList } from '@pitwall/protocol/api';
import { Release } from '@pitwall/protocol/messages';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../http/index.js';
import { command } from './use-garage.js';

/** Versions that cars can fetch, the newest first. */
export function useReleases(token: string | null) {
  return useQuery({
    queryKey: ['releases', token],
    enabled: token !== null,
    refetchInterval: 10_000,
    queryFn: async ({ signal }) => {
      const answer = await ask('/api/v1/releases', { token, signal });
      return parse(ReleaseList, await answer.json(), 'The versions').releases;
    },
  });
}

/** What a car can be updated to: on board already, or to be fetched first. */
export interface Update {
  readonly version: string;
  /** Undefined: it is on board. */
  readonly release: Release | undefined;
}

/** Undefined where nothing is newer, and of a car that cannot be updated from here. */
export function updateOf({ presence, state }: Pick<CarOverview, 'presence' | 'state'>, releases: readonly Release[]) {
  const versions = state?.versions;
  if (presence?.status !== 'online' || versions === undefined) return undefined;
  const { current, staged } = versions;
  const release = releases.find(
    ({ architecture, version }) => architecture === presence.architecture && compareVersions(version, current) > 0,
  );
  const isStaged = staged !== null && (release === undefined || compareVersions(staged, release.version) >= 0);
  if (isStaged) return { version: staged, release: undefined } satisfies Update;
  return release === undefined ? undefined : ({ version: release.version, release } satisfies Update);
}

/** Fetched first where it is not on board, then switched to. @throws PitwallError with the sentence of the car or the controller */
export async function updateCar({ car }: Pick<CarOverview, 'car'>, { version, release }: Update, token: string) {
  if (release !== undefined) await command(car, { type: 'stage-version', release }, token);
  await command(car, { type: 'switch-version', version }, token);
}

/** @throws PitwallError as the server says it */
export async function uploadRelease(archive: File, signature: File, token: string): Promise<Release> {
  const query = new URLSearchParams({ signature: await signature.text() });
  const answer = await ask(`/api/v1/releases?${query}`, { method: 'POST', token, body: archive });
  return parse(Release, await answer.json(), 'The version');
}
