import { parse } from '@pitwall/protocol';
import { Season, SeasonStandings } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../http/index.js';
import { useSession } from '../session/index.js';

/** All seasons that this visitor may see. */
export function useSeasons() {
  const { token } = useSession();
  return useQuery({
    queryKey: ['seasons', token],
    refetchInterval: 60_000,
    queryFn: async ({ signal }) => {
      const { seasons } = (await (await ask('/api/v1/seasons', { token, signal })).json()) as { seasons: unknown[] };
      return seasons.map((season) => parse(Season, season, 'A season'));
    },
  });
}

/** Points as the boards stand, read again now and then. */
export function useSeason(id: string) {
  const { token } = useSession();
  return useQuery({
    queryKey: ['season', token, id],
    refetchInterval: 10_000,
    retry: false,
    queryFn: async ({ signal }) => {
      const path = `/api/v1/seasons/${encodeURIComponent(id)}/standings`;
      return parse(SeasonStandings, await (await ask(path, { token, signal })).json(), `Season ${id}`);
    },
  });
}
