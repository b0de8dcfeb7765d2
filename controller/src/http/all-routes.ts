import type { Readable } from 'node:stream';
import { ListedEvents } from '../events/index.js';
import type { Forwarder, Outbox, Signer } from '../forwarding/index.js';
import type { Models } from '../garage/index.js';
import type { Imports } from '../imports/index.js';
import type { Leaderboards } from '../leaderboard/index.js';
import type { CarLink, StopAllCars } from '../race/index.js';
import type { RunRecordings } from '../run-recordings/index.js';
import type { RaceMoments } from '../show/index.js';
import type { StandbyDoor } from '../standby/index.js';
import type { Store } from '../store/index.js';
import type { ManualGate, Timing } from '../timing/index.js';
import type { Tracks } from '../tracks/index.js';
import { carRoutes } from './cars/cars.js';
import { type MachineSources, machineRoutes } from './cars/machines.js';
import { modelRoutes } from './cars/models.js';
import { recordingRoutes } from './cars/recordings.js';
import { type EventSources, eventRoutes } from './events/events.js';
import { joiningRoutes } from './events/joining.js';
import { type ShowSources, showRoutes } from './events/show.js';
import { type IdentitySources, leaderboardServiceRoutes } from './leaderboard-routes.js';
import type { OnlineSources } from './online/follower.js';
import { invitationRoutes } from './online/invitations.js';
import { onlineRoutes } from './online/online-races.js';
import { submissionRoutes } from './online/submissions.js';
import { ownModelRoutes } from './people/own-models.js';
import { gateRoutes } from './races/gates.js';
import { type LiveSources, liveRoutes } from './races/live.js';
import { liveEntryRoutes } from './races/live-entries.js';
import { momentRoutes } from './races/moments.js';
import { raceRoutes } from './races/races.js';
import { resultRoutes } from './races/results.js';
import { runRecordingRoutes } from './races/run-recordings.js';
import { trackRoutes } from './races/tracks.js';
import { backupRoutes } from './system/backup.js';
import type { MayShow } from './system/board-guard.js';
import { metricsRoutes } from './system/metrics.js';
import { outboxRoutes } from './system/outbox.js';
import type { Routes } from './system/server.js';
import { standbyRoutes } from './system/standby.js';

/** What a whole controller answers from. */
export interface ControllerSources {
  readonly identity: IdentitySources;
  readonly leaderboards: Leaderboards;
  readonly imports: Imports;
  readonly track: LiveSources & {
    readonly cars: CarLink;
    readonly stops: StopAllCars;
    readonly timing: Timing;
    readonly manual: ManualGate;
  };
  readonly recordings: RunRecordings;
  readonly moments: Pick<RaceMoments, 'after'>;
  readonly signer: Pick<Signer, 'sign' | 'publicJwk'>;
  readonly machines: Pick<MachineSources, 'enrolment' | 'entrance' | 'broker'>;
  readonly models: Models;
  readonly tracks: Tracks;
  readonly online: OnlineSources;
  readonly events: EventSources & ShowSources;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly forwarder: Pick<Forwarder, 'wake' | 'troubles'>;
  /** Everything as one file, its keys sealed with the passphrase. */
  readonly backup: (passphrase: string) => Promise<Readable>;
  readonly standby: StandbyDoor;
}

/** Everything that a controller answers over HTTP, in one list: served, and documented. */
export function controllerRoutes({
  identity,
  leaderboards,
  imports,
  track,
  recordings,
  moments,
  signer,
  machines,
  models,
  tracks,
  online,
  events,
  store,
  outbox,
  forwarder,
  backup,
  standby,
}: ControllerSources): Routes[] {
  const troubles = () => forwarder.troubles();
  const mayShow: MayShow = (board, viewer) => online.visible.mayShowBoard(board, viewer);
  return [
    ...leaderboardServiceRoutes(identity, leaderboards, imports, {
      mayShow,
      mayChange: (board, who) => events.owners.demandOwnBoard(board, who),
      online,
    }),
    eventRoutes(events, leaderboards),
    showRoutes(events),
    joiningRoutes({ ...events, people: identity.people, racers: leaderboards.racers }),
    raceRoutes(track.desk, tracks, { online, owners: events.owners, settings: identity.people.settings }),
    momentRoutes(moments),
    resultRoutes(track.desk, signer),
    runRecordingRoutes({ recordings, owners: events.owners, listed: new ListedEvents(store) }),
    liveEntryRoutes({ desk: track.desk, models, racers: leaderboards.racers, owners: events.owners }),
    ownModelRoutes({ desk: track.desk, models, owners: events.owners }),
    onlineRoutes(online),
    invitationRoutes(online),
    submissionRoutes(online),
    gateRoutes(track.timing, track.manual),
    carRoutes(track.cars, track.stops),
    recordingRoutes(track.cars),
    machineRoutes({ accounts: identity.accounts, ...machines }),
    modelRoutes(models),
    liveRoutes({ ...track, people: identity.people, online, show: events.show }),
    backupRoutes(backup),
    standbyRoutes(standby),
    outboxRoutes({ mayShow, store, outbox, wake: () => forwarder.wake(), troubles }),
    metricsRoutes({
      mayShow,
      outbox,
      troubles,
      gates: () => track.timing.health(),
      failedListeners: () => track.desk.failedListeners,
      now: Date.now,
    }),
    trackRoutes(tracks),
  ];
}
