import { isPitwallError, parse } from '@pitwall/protocol';
import { Board, HeldResults, type KeptResult, Waiting } from '@pitwall/protocol/api';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from '../http/index.js';
import { useAccount, useSession } from '../session/index.js';

/** How often it is asked what waits, ms. */
const lookEvery = 15_000;

const boardPath = (id: string): string => `/api/v1/leaderboards/${encodeURIComponent(id)}`;

/** Whether the server knows who asks, or does not, and says no. */
export const isDenied = (error: Error | null): boolean => isPitwallError(error) && error.code.startsWith('access-');

/** Where results wait, as this visitor may know it; an error for who is no staff. */
export function useReviewBoards() {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  return useQuery({
    queryKey: ['held', token],
    enabled: account?.may.includes('marshal') === true,
    retry: false,
    queryFn: async ({ signal }) =>
      parse(Waiting, await (await ask('/api/v1/held', { token, signal })).json(), 'What waits'),
    // Who is no staff now is none later.
    refetchInterval: ({ state }) => (isDenied(state.error) ? false : lookEvery),
  });
}

/** The first so many pages of what waits on a board, and the board that they wait for. */
export function useReviewResults(id: string, pages: number) {
  const { token } = useSession();
  return useQuery({
    queryKey: ['held', token, id, pages],
    refetchInterval: lookEvery,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const read = async (path: string): Promise<unknown> => await (await ask(path, { token, signal })).json();
      const board = parse(Board, await read(boardPath(id)), `Board ${id}`);
      const results: KeptResult[] = [];
      let next: string | null = '';
      for (let page = 0; page < pages && next !== null; page += 1) {
        const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
        const held: HeldResults = parse(
          HeldResults,
          await read(`${boardPath(id)}/held?limit=25${cursor}`),
          'What waits',
        );
        results.push(...held.results);
        next = held.next;
      }
      return { board, results, next };
    },
  });
}

export type Verdict = 'approve' | 'reject';

/** What an organizer does about results; rejects with the server's sentence. All that is shown is read anew after it. */
export function useDesk(id: string) {
  const { token } = useSession();
  const queries = useQueryClient();
  const post = async (path: string, body: unknown): Promise<void> => {
    try {
      await ask(path, { token, method: 'POST', body });
    } finally {
      await queries.invalidateQueries({ queryKey: ['held'] });
      void queries.invalidateQueries({ queryKey: ['standings', id] });
    }
  };
  return {
    /** On the revision that was looked at. */
    decide: ({ result }: KeptResult, decision: Verdict) =>
      post(`${boardPath(id)}/results/${result.resultId}/decision`, { decision, revision: result.revision }),
    /** A provisional racer gets an id of the service, with all results. */
    claim: (racer: string, alias: string) => post(`/api/v1/racers/${racer}/claim`, { alias }),
    /** A provisional racer is one who has an id. */
    merge: (racer: string, into: string) => post(`/api/v1/racers/${racer}/merge`, { into }),
  };
}

export type Desk = ReturnType<typeof useDesk>;
