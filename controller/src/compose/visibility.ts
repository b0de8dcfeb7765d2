import type { ListedEvents } from '../events/index.js';
import type { Visibility } from '../leaderboard/index.js';
import type { VisibleRaces } from '../online-races/index.js';
import type { Tracks } from '../tracks/index.js';

interface Parts {
  readonly events: ListedEvents;
  readonly visible: Pick<VisibleRaces, 'hiddenBoards'>;
  readonly tracks: Pick<Tracks, 'find'>;
  /** This controller's name: another's race of the same id is not this one's. */
  readonly source: string;
}

/** What leaderboards show across boards. */
export const visibilityOf = ({ events, visible, tracks, source: own }: Parts): Visibility => ({
  hiddenBoards: async () => [...(await visible.hiddenBoards()), ...(await events.hiddenBoards())],
  eventsOf: async (asked) =>
    await events.of(asked.map(({ board, source, race }) => ({ board, race: source === own ? race : null }))),
  isHidden: async (racer) => await events.isHidden(racer),
  track: async (id, version) => await tracks.find(id, version),
});
