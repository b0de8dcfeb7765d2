import { parse, type RaceId } from '@pitwall/protocol';
import {
  OnlineEntry,
  OnlineRace,
  RaceList,
  Standings,
  type Submission,
  SubmissionList,
  SubmittedModel,
  TrackList,
} from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ask, type Credentials, cookieSession } from '../http/index.js';
import { useLiveClient } from '../live/index.js';
import { useCredentials } from '../session/index.js';
import { merged } from './submission-list.js';

/** A race, and when this page heard of it on its own monotonic clock, ms: the controller's clock goes on from there. */
export interface ReceivedRace {
  readonly race: OnlineRace;
  readonly heardAt: number;
}
export const received = (race: OnlineRace): ReceivedRace => ({ race, heardAt: performance.now() });
/** The controller's clock now. */
export const serverNow = ({ race, heardAt }: ReceivedRace): number => race.now + (performance.now() - heardAt);

export const racePath = (race: string): string => `/api/v1/online/${encodeURIComponent(race)}`;

/** What is kept belongs to the one who asked: another token asks anew. */
const keyOf = (what: string, { token, invitation }: Credentials, ...more: readonly string[]) => [
  'online',
  what,
  token ?? '',
  invitation ?? '',
  ...more,
];
export const keys = {
  list: (who: Credentials) => keyOf('list', who),
  race: (who: Credentials, race: string) => keyOf('race', who, race),
  submissions: (who: Credentials, race: string) => keyOf('submissions', who, race),
  standings: (who: Credentials, race: string) => keyOf('standings', who, race),
  entries: (who: Credentials, race: string) => keyOf('entries', who, race),
  models: (who: Credentials) => keyOf('models', who),
} as const;

/** Reads JSON in the visitor's name and checks its shape. */
export async function read<T>(
  path: string,
  who: Credentials,
  check: (value: unknown) => T,
  signal?: AbortSignal,
): Promise<T> {
  const response = await ask(path, { ...who, ...(signal === undefined ? {} : { signal }) });
  return check(await response.json());
}

/** All online races that this visitor may see. */
export function useOnlineRaces() {
  const who = useCredentials();
  return useQuery({
    queryKey: keys.list(who),
    refetchInterval: 10_000,
    queryFn: ({ signal }) =>
      read('/api/v1/races', who, (value) => parse(RaceList, value, 'The list of races').online.map(received), signal),
  });
}

export function useOnlineRace(race: RaceId) {
  const who = useCredentials(race);
  return useQuery({
    queryKey: keys.race(who, race),
    refetchInterval: 30_000,
    retry: false,
    queryFn: ({ signal }) =>
      read(racePath(race), who, (value) => received(parse(OnlineRace, value, `Race ${race}`)), signal),
  });
}

/** One's own, newest first; the organizer's are everyone's. */
export function useSubmissions(race: RaceId, enabled: boolean) {
  const who = useCredentials(race);
  return useQuery({
    queryKey: keys.submissions(who, race),
    enabled,
    // The live connection says what changes; this is for when it is away.
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      read(
        `${racePath(race)}/submissions?limit=100`,
        who,
        (value) => parse(SubmissionList, value, 'The submissions').submissions,
        signal,
      ),
  });
}

export function useRaceStandings(race: RaceId, board: string) {
  const who = useCredentials(race);
  return useQuery({
    queryKey: keys.standings(who, race),
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      read(
        `/api/v1/leaderboards/${encodeURIComponent(board)}/standings`,
        who,
        (value) => parse(Standings, value, 'The board'),
        signal,
      ),
  });
}

export function useEntries(race: RaceId) {
  const who = useCredentials(race);
  return useQuery({
    queryKey: keys.entries(who, race),
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      read(
        `${racePath(race)}/entries`,
        who,
        (value) => (value as { entries: unknown[] }).entries.map((entry) => parse(OnlineEntry, entry, 'An entry')),
        signal,
      ),
  });
}

/** Models that this racer submitted before, newest first. */
export function useModels(enabled: boolean) {
  const who = useCredentials();
  return useQuery({
    queryKey: keys.models(who),
    enabled,
    queryFn: ({ signal }) =>
      read(
        '/api/v1/submissions/models',
        who,
        (value) => (value as { models: unknown[] }).models.map((model) => parse(SubmittedModel, model, 'A model')),
        signal,
      ),
  });
}

export function useTracks() {
  return useQuery({
    queryKey: ['tracks'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      read('/api/v1/tracks', { token: null }, (value) => parse(TrackList, value, 'The tracks').tracks, signal),
  });
}

/** Follows a race live: what is said of it, of its submissions, and through them of its board, is on the page at once. */
export function useLiveRace(race: RaceId): void {
  const client = useLiveClient();
  const queries = useQueryClient();
  const who = useCredentials(race);
  const { token, invitation } = who;
  useEffect(() => {
    const shown = { token, invitation };
    const unidentify =
      token === null || token === cookieSession ? undefined : client.keepSaying({ type: 'identify', token });
    const key = invitation as Extract<Parameters<typeof client.keepSaying>[0], { type: 'follow-online' }>['invitation'];
    const unfollow = client.keepSaying(
      { type: 'follow-online', race, ...(key === undefined ? {} : { invitation: key }) },
      { type: 'unfollow-online', race },
    );
    const leave = client.listen((message) => {
      // Gone, or not to be seen any more: what is so of this race is the controller's to say.
      if (message.type === 'error' && message.error.code === 'not-found')
        void queries.invalidateQueries({ queryKey: keys.race(shown, race) });
      if (message.type === 'online-race' && message.race === race) {
        queries.setQueryData(keys.race(shown, race), received(message.state));
        void queries.invalidateQueries({ queryKey: keys.entries(shown, race) });
      }
      if (message.type !== 'submissions' || message.race !== race) return;
      queries.setQueryData<readonly Submission[]>(keys.submissions(shown, race), (held) =>
        merged(held ?? [], message.submissions),
      );
      void queries.invalidateQueries({ queryKey: ['online', 'submission'] });
      if (message.submissions.some(({ status }) => status.state === 'ranked'))
        void queries.invalidateQueries({ queryKey: keys.standings(shown, race) });
    });
    return () => {
      leave();
      unfollow();
      unidentify?.();
    };
  }, [client, queries, race, token, invitation]);
}
