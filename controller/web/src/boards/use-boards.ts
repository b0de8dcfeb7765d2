import { parse } from '@pitwall/protocol';
import { Board } from '@pitwall/protocol/api';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get } from '../http/index.js';
import { type Pages, type Part, readStandings, wholeBoard } from './read-standings.js';

const firstPages: Pages = {};

/** How often a busy board is read again at most, ms. */
const calm = 700;

/** One board's standings: read again when the board says that something changed, and now and then in any case. */
export function useStandings(id: string, part: Part = wholeBoard, pages: Pages = firstPages) {
  const queries = useQueryClient();
  useEffect(() => {
    const events = new EventSource(`/api/v1/leaderboards/${encodeURIComponent(id)}/events`);
    let timer: number | undefined;
    events.addEventListener('changes', () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ['standings', id] });
      }, calm);
    });
    return () => {
      events.close();
      window.clearTimeout(timer);
    };
  }, [queries, id]);
  return useQuery({
    queryKey: ['standings', id, part, pages],
    refetchInterval: 15_000,
    // Until another part or page is there, the one before it stays.
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readStandings(id, part, pages, signal),
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
