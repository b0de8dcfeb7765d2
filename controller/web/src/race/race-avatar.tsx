import { parse, type RacerId } from '@pitwall/protocol';
import { RaceRacers } from '@pitwall/protocol/api';
import type { RaceState } from '@pitwall/protocol/race';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';
import { Avatar } from '../racers/index.js';
import { aliasOf } from './run-view.js';

/** Colours and pictures may change while a race goes on, ms. */
const asksAgainAfter = 60_000;

type Looks = Omit<RaceRacers['racers'][number], 'racer'>;

/** How a racer of the race is known on sight; undefined until the server has said. */
export function useLooks(
  { race, entries }: Pick<RaceState, 'race' | 'entries'>,
  racer: RacerId | null,
): Looks | undefined {
  const { data } = useQuery({
    // Whoever enters is asked for at once.
    queryKey: ['race', race, 'racers', entries.length],
    staleTime: asksAgainAfter,
    refetchInterval: asksAgainAfter,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const path = `/api/v1/races/${encodeURIComponent(race)}/racers`;
      const { racers } = await get(path, (value) => parse(RaceRacers, value, 'The racers'), signal);
      return new Map<string, Looks>(racers.map(({ racer: id, ...looks }) => [id, looks]));
    },
  });
  return racer === null ? undefined : data?.get(racer);
}

interface RaceAvatarProps {
  readonly state: RaceState;
  readonly racer: RacerId | null;
  /** As CSS has it. */
  readonly size: string;
}

/** The picture beside a racer's name in a race. */
export function RaceAvatar({ state, racer, size }: RaceAvatarProps) {
  const looks = useLooks(state, racer);
  return racer === null ? null : <Avatar racer={racer} alias={aliasOf(state, racer)} size={size} {...looks} />;
}
