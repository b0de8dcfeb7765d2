import type { Forwarder, Outbox } from '../forwarding/index.js';
import type { Models } from '../garage/index.js';
import type { Leaderboards } from '../leaderboard/index.js';
import type { CarLink, Stops } from '../race/index.js';
import type { Store } from '../store/index.js';
import type { ManualGate, Timing } from '../timing/index.js';
import type { MayShow } from './board-guard.js';
import { carRoutes } from './cars.js';
import { gateRoutes } from './gates.js';
import { leaderboardServiceRoutes } from './leaderboard-service.js';
import { type LiveSources, liveRoutes } from './live.js';
import { liveEntryRoutes } from './live-entries.js';
import { metricsRoutes } from './metrics.js';
import { modelRoutes } from './models.js';
import { onlineRoutes } from './online.js';
import type { OnlineSources } from './online-follow.js';
import { outboxRoutes } from './outbox.js';
import { raceRoutes } from './races.js';
import { recordingRoutes } from './recordings.js';
import type { Routes } from './server.js';
import { submissionRoutes } from './submissions.js';
import { trackRoutes } from './tracks.js';

/** What a whole controller answers from. */
export interface ControllerSources {
  readonly leaderboards: Leaderboards;
  readonly track: LiveSources & {
    readonly cars: CarLink;
    readonly stops: Stops;
    readonly timing: Timing;
    readonly manual: ManualGate;
  };
  readonly models: Models;
  readonly online: OnlineSources;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly forwarder: Pick<Forwarder, 'wake' | 'troubles'>;
}

/** Everything that a controller answers over HTTP, in one list: served, and documented. */
export function controllerRoutes({
  leaderboards,
  track,
  models,
  online,
  store,
  outbox,
  forwarder,
}: ControllerSources): Routes[] {
  const troubles = () => forwarder.troubles();
  const mayShow: MayShow = (board, viewer) => online.visible.mayShowBoard(board, viewer);
  return [
    ...leaderboardServiceRoutes(leaderboards, mayShow),
    raceRoutes(track.desk, online),
    liveEntryRoutes({ desk: track.desk, models, racers: leaderboards.racers }),
    onlineRoutes(online),
    submissionRoutes(online),
    gateRoutes(track.timing, track.manual),
    carRoutes(track.cars, track.stops),
    recordingRoutes(track.cars),
    modelRoutes(models),
    liveRoutes({ ...track, online }),
    outboxRoutes({ mayShow, store, outbox, wake: () => forwarder.wake(), troubles }),
    metricsRoutes({ mayShow, outbox, troubles, gates: () => track.timing.health(), now: Date.now }),
    trackRoutes(),
  ];
}
