import { EventId, type RaceId } from '@pitwall/protocol';
import type { EventShow } from '@pitwall/protocol/api';
import type { RaceState, Stamp } from '@pitwall/protocol/race';
import { useEffect, useState } from 'react';
import { useEvent } from '../events/index.js';
import { useLiveClient } from '../live/index.js';
import { useNow } from '../shell/index.js';
import { raceOfScreens } from './show-race.js';

/** What an event's screens show, as soon as somebody wants something else. Null: not known yet. */
export function useShow(event: string): EventShow | null {
  const client = useLiveClient();
  const [show, setShow] = useState<EventShow | null>(null);
  useEffect(() => {
    const id = EventId.safeParse(event);
    if (!id.success) return;
    const forget = client.listen((message) => {
      if (message.type === 'show' && message.show.event === id.data) setShow(message.show);
    });
    const leave = client.keepSaying({ type: 'follow-show', event: id.data }, { type: 'unfollow-show', event: id.data });
    return () => {
      leave();
      forget();
    };
  }, [client, event]);
  return show;
}

/** Which race an event's screens show; null: none, or not known yet. */
export function useShownRace(
  event: string,
  show: EventShow | null,
): { race: RaceId | null; name: string; hallUrl: string | null; error: Error | null } {
  const { data, error } = useEvent(event);
  const race = data === undefined ? null : raceOfScreens(data, show?.race ?? null);
  return {
    race,
    name: data?.setup.name ?? '',
    hallUrl: data?.hallUrl ?? null,
    error: data === undefined ? error : null,
  };
}

/** The controller's clock, told anew every so many ms. */
export function useServerNow(every: number): Stamp | null {
  const client = useLiveClient();
  return client.clock.at(useNow(every) * 1000);
}

/** What a model is called where it was entered. */
export const modelName = ({ entries }: RaceState, racer: string | null, hash: string | null): string | undefined =>
  entries.find((entry) => entry.racer === racer)?.models.find((model) => model.hash === hash)?.name;

export const picturePath = (event: string, hash: string): string =>
  `/api/v1/events/${encodeURIComponent(event)}/pictures/${hash}`;
