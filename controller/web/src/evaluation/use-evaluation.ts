import { parse, type RaceId } from '@pitwall/protocol';
import { Comparison, EvaluationReport, Replay, Submission } from '@pitwall/protocol/api';
import { useQueries, useQuery } from '@tanstack/react-query';
import { racePath, read } from '../online/index.js';
import { useCredentials } from '../session/index.js';

export const submissionPath = (race: string, id: string): string =>
  `${racePath(race)}/submissions/${encodeURIComponent(id)}`;
/** What an evaluation found never changes. */
const forEver = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const;

export function useSubmission(race: RaceId, id: string) {
  const who = useCredentials(race);
  return useQuery<Submission>({
    queryKey: ['online', 'submission', who.token ?? '', who.invitation ?? '', race, id],
    refetchInterval: ({ state }) =>
      state.data === undefined || ['queued', 'evaluating', 'ranking'].includes(state.data.status.state) ? 2000 : 30_000,
    retry: false,
    queryFn: ({ signal }) =>
      read(submissionPath(race, id), who, (value) => parse(Submission, value, 'The submission'), signal),
  });
}

export function useEvaluation(race: RaceId, id: string, enabled: boolean) {
  const who = useCredentials(race);
  return useQuery({
    ...forEver,
    queryKey: ['online', 'evaluation', who.token ?? '', who.invitation ?? '', race, id],
    enabled,
    queryFn: ({ signal }) =>
      read(
        `${submissionPath(race, id)}/evaluation`,
        who,
        (value) => parse(EvaluationReport, value, 'The evaluation'),
        signal,
      ),
  });
}

type Who = ReturnType<typeof useCredentials>;

const replayQuery = (race: RaceId, path: string, who: Who) => ({
  ...forEver,
  queryKey: ['online', 'replay', who.token ?? '', who.invitation ?? '', race, path],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    read(path, who, (value) => parse(Replay, value, 'The replay'), signal),
});

export function useReplay(race: RaceId, path: string) {
  return useQuery(replayQuery(race, path, useCredentials(race)));
}

/** Of the chosen checkpoint of each of these results. */
export function useReplays(race: RaceId, results: readonly string[]) {
  const who = useCredentials(race);
  return useQueries({
    queries: results.map((id) => replayQuery(race, `${submissionPath(race, id)}/files/replay`, who)),
  });
}

export function useComparison(race: RaceId, id: string, other: string) {
  const who = useCredentials(race);
  return useQuery({
    ...forEver,
    queryKey: ['online', 'comparison', who.token ?? '', who.invitation ?? '', race, id, other],
    enabled: other !== '',
    queryFn: ({ signal }) =>
      read(
        `${submissionPath(race, id)}/comparison?with=${encodeURIComponent(other)}`,
        who,
        (value) => parse(Comparison, value, 'The comparison'),
        signal,
      ),
  });
}
