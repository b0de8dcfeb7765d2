import { parse } from '@pitwall/protocol';
import { EventList, RaceEventView, SeasonStandings } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../http/index.js';
import { useSession } from '../session/index.js';

export type When = 'on' | 'coming' | 'past';

export const eventPath = (event: string): string => `/api/v1/events/${encodeURIComponent(event)}`;
export const eventKey = (token: string | null, event: string) => ['event', token, event] as const;

/** The first of those that lists show. */
export function useEvents(when: When) {
  return useQuery({
    queryKey: ['events', when],
    refetchInterval: 30_000,
    queryFn: async ({ signal }) => {
      const answer = await ask(`/api/v1/events?when=${when}&limit=100`, { token: null, signal });
      return parse(EventList, await answer.json(), 'The list of events').events;
    },
  });
}

/** An event, read again and again while it is looked at. */
export function useEvent(event: string) {
  const { token } = useSession();
  return useQuery({
    queryKey: eventKey(token, event),
    refetchInterval: 5000,
    retry: 1,
    queryFn: async ({ signal }) =>
      parse(RaceEventView, await (await ask(eventPath(event), { token, signal })).json(), 'The event'),
  });
}

/** The combined board, where there is one. */
export function useCombined(event: string, isThere: boolean) {
  const { token } = useSession();
  return useQuery({
    queryKey: ['event-standings', token, event],
    enabled: isThere,
    refetchInterval: 10_000,
    queryFn: async ({ signal }) => {
      const answer = await ask(`${eventPath(event)}/standings`, { token, signal });
      return parse(SeasonStandings, await answer.json(), 'The combined board');
    },
  });
}

/** The viewer's own. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
