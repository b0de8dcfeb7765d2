import type { CarId, RaceId } from '@pitwall/protocol';
import type { LiveMessage } from '@pitwall/protocol/api';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { useServiceRole } from '../http/index.js';
import { type Link, LiveClient, type Socket } from './live-client.js';
import { RaceFeed, type RaceView } from './race-feed.js';

interface Live {
  readonly client: LiveClient;
  readonly feeds: Map<RaceId, RaceFeed>;
}

/** Races that nobody on this page looks at any more are forgotten when there are so many. */
const feedsKept = 4;

const LiveContext = createContext<Live | null>(null);

function makeClient(): LiveClient {
  const { protocol, host } = window.location;
  return new LiveClient({
    open: () => new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api/v1/live`) as Socket,
    now: () => performance.now(),
    random: Math.random,
    setTimer: (act, ms) => window.setTimeout(act, ms),
    clearTimer: (timer) => window.clearTimeout(timer as number),
  });
}

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [live] = useState<Live>(() => ({ client: makeClient(), feeds: new Map() }));
  // A leaderboard alone has no race to follow.
  const isNeeded = useServiceRole() === 'all';
  useEffect(() => {
    if (!isNeeded) return;
    const { client } = live;
    const hurry = () => client.hurry();
    client.start();
    window.addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    return () => {
      window.removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', hurry);
      client.stop();
    };
  }, [live, isNeeded]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('There is no LiveProvider around this page.');
  return live;
}

export const useLiveClient = (): LiveClient => useLive().client;

export function useLink(): Link {
  const { client } = useLive();
  return useSyncExternalStore(client.onLink, client.link);
}

/** Why the controller cannot write to its disk; null where it can. */
export function useStorageTrouble(): string | null {
  const { client } = useLive();
  return useSyncExternalStore(client.onLink, client.storage);
}

/** The race, live; undefined until its log has come. */
export function useRace(race: RaceId): RaceView | undefined {
  const { client, feeds } = useLive();
  let feed = feeds.get(race);
  if (feed === undefined) {
    // A screen that shows race after race for a week holds the last few.
    for (const [id, one] of feeds) if (feeds.size >= feedsKept && !one.isFollowed) feeds.delete(id);
    feed = new RaceFeed(race, client);
    feeds.set(race, feed);
  }
  return useSyncExternalStore(feed.subscribe, feed.view);
}

type CarMessage = Extract<LiveMessage, { car: CarId }>;

/** Calls `listener` (keep it the same between renders) with what is heard of a car. */
export function useCar(car: CarId | null, listener: (message: CarMessage) => void): void {
  const { client } = useLive();
  useEffect(() => (car === null ? undefined : client.watch(car, listener)), [client, car, listener]);
}
