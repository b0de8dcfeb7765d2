import { parse } from '@pitwall/protocol';
import { Board, Standings } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';

/** One board's standings, asked for again every few seconds. */
export function useStandings(id: string) {
  return useQuery({
    queryKey: ['standings', id],
    refetchInterval: 3000,
    queryFn: ({ signal }) =>
      get(
        `/api/v1/leaderboards/${encodeURIComponent(id)}/standings`,
        (value) => parse(Standings, value, `The standings of ${id}`),
        signal,
      ),
  });
}

export function useBoards() {
  return useQuery({
    queryKey: ['boards'],
    refetchInterval: 10_000,
    queryFn: ({ signal }) =>
      get(
        '/api/v1/leaderboards',
        (value) => (value as { leaderboards: unknown[] }).leaderboards.map((board) => parse(Board, board, 'A board')),
        signal,
      ),
  });
}
