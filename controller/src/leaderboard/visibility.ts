import type { EventId } from '@pitwall/protocol';

/** Where a result belongs. */
export interface ResultPlace {
  readonly board: string;
  /** The controller that timed it, and its race there. */
  readonly source: string;
  readonly race: string | null;
}

/** What reads across boards need of the rest of a controller. Everybody is answered the same: what only some may see is left out for all. */
export interface Visibility {
  /** Boards that no list shows to everybody. */
  hiddenBoards(): Promise<readonly string[]>;
  /** The event that each belongs to, of those that lists show; null where there is none. In the order asked. */
  eventsOf(asked: readonly ResultPlace[]): Promise<({ readonly event: EventId; readonly name: string } | null)[]>;
  /** Whether the crowd sees the racer under a neutral name, and nothing else of them. */
  isHidden(racer: string): Promise<boolean>;
  /** Undefined where the track is not known here. */
  track(id: string, version: number): Promise<{ readonly name: string; readonly lengthM: number } | undefined>;
}

/** A leaderboard service alone: it has no events, and hides nothing. */
export const everything: Visibility = {
  hiddenBoards: async () => [],
  eventsOf: async (asked) => asked.map(() => null),
  isHidden: async () => false,
  track: async () => undefined,
};
