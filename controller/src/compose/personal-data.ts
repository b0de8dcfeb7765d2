import { AccountOfRacer } from '../accounts/index.js';
import { ConsentsOfRacer } from '../events/index.js';
import { type Outbox, OutboxOfRacer } from '../forwarding/index.js';
import { type Models, ModelsOfRacer } from '../garage/index.js';
import { neutralBody, ResultsOfRacer } from '../leaderboard/index.js';
import { EntriesOfRacer } from '../online-races/index.js';
import { ErasedList, type Holder, PersonalData } from '../personal-data/index.js';
import { type RaceDesk, RaceEntriesOfRacer } from '../race/index.js';
import type { RaceMoments } from '../show/index.js';
import { DatabaseBlobStore, SubmissionsOfRacer } from '../submissions/index.js';
import type { Boards } from './boards.js';
import type { Config } from './config.js';
import { queueOf } from './evaluation.js';

type Parts = Pick<Boards, 'store' | 'accounts' | 'people' | 'hallPeople' | 'leaderboards' | 'visible'>;

/** What a whole controller has beside boards and accounts. */
interface TrackSide {
  readonly desk: RaceDesk;
  readonly models: Models;
  readonly moments: Pick<RaceMoments, 'forget'>;
  readonly outbox: Outbox;
  /** Something is in the outbox. */
  readonly wake: () => void;
}

/** Everywhere something of a person is kept; the account first, so that nobody acts as one who is being deleted. */
export function openPersonalData(config: Config, parts: Parts, track?: TrackSide): PersonalData {
  const { store, accounts, people, hallPeople, leaderboards, visible } = parts;
  const { erasures, portraits } = leaderboards;
  const submissions = {
    store,
    queue: queueOf(config, store),
    blobs: new DatabaseBlobStore(store),
    now: Date.now,
  };
  const holders: Holder[] = [
    new AccountOfRacer(store, { accounts, people, others: [hallPeople] }),
    ...(track === undefined ? [] : [new RaceEntriesOfRacer(track.desk), new ModelsOfRacer(store, track.models)]),
    new EntriesOfRacer(store, (race) => visible.changes.tell(race)),
    new SubmissionsOfRacer(submissions),
    new ConsentsOfRacer(store),
    ...(track === undefined
      ? []
      : [new OutboxOfRacer(track.outbox, { source: config.name, neutralBody, now: Date.now })]),
    new ResultsOfRacer(store, erasures, portraits),
  ];
  return new PersonalData({
    holders,
    list: new ErasedList(config.data),
    done: { list: () => erasures.done(), add: (racer) => erasures.finish(racer) },
    forget: async () => {
      track?.moments.forget();
      track?.wake();
      await store.scrub();
    },
    now: Date.now,
  });
}
