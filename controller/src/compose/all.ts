import { join } from 'node:path';
import { FileBlobStore } from '@pitwall/runtime';
import { type Logger, pino } from 'pino';
import { Outbox, openSigner } from '../forwarding/index.js';
import { Models } from '../garage/index.js';
import { controllerRoutes } from '../http/index.js';
import { RaceMoments, TrackRecords } from '../show/index.js';
import { openBoards } from './boards.js';
import { type Config, demandClosed } from './config.js';
import { modelCheckOf } from './evaluation.js';
import { openEvents } from './events.js';
import { sayFirstLink } from './first-administrator.js';
import { openForwarder } from './forwarding.js';
import { startHallDoor } from './hall-door.js';
import { openImports } from './imports.js';
import { openLive } from './live-races.js';
import { openOnline } from './online-races.js';
import { openRMonitor } from './rmonitor.js';
import { type Running, type Say, startOrStop } from './running.js';
import { startTrack } from './track.js';
import { localUrl, mentionOpen, publicUrl, startWebServer } from './web-server.js';

/** Everything in one process: broker, race desk, timing, online races, leaderboards and pages. */
export async function startAll(
  config: Config,
  say: Say,
  logger: Logger = pino({ level: config.log }, pino.destination(2)),
): Promise<Running> {
  const { open } = demandClosed(config);
  return await startOrStop(async (started) => {
    const { store, accounts, people, hallPeople, leaderboards, owners, visible, tracks } = await openBoards(
      config,
      started,
    );
    let port = config.http.port;
    const outbox = new Outbox(store, ['local', ...config.forwarding.map(({ name }) => name)]);
    const signer = await openSigner(join(config.data, 'source.key.json'));
    const forwarder = await openForwarder(config, { store, accounts, leaderboards, signer, say, port: () => port });
    const track = await startTrack(config, { store, accounts, outbox, logger });
    started.add(track.stop);
    const check = modelCheckOf(config, logger);
    const models = new Models(store, new FileBlobStore(join(config.data, 'models')), check);
    await models.start();
    const wake = () => forwarder.wake();
    const online = openOnline(config, { store, visible, tracks, leaderboards, outbox, wake, check, logger });
    const pictures = new FileBlobStore(join(config.data, 'pictures'));
    await pictures.start();
    let hallUrl: string | null = null;
    const events = openEvents({
      ...{ store, people, leaderboards, owners, online },
      desk: track.desk,
      blobs: pictures,
      hallUrl: () => hallUrl,
    });
    const sources = {
      leaderboards,
      imports: await openImports(config, leaderboards),
      online,
      events,
      track,
      moments: new RaceMoments(track.desk, new TrackRecords(track.desk)),
      signer,
      models,
      tracks,
      store,
      outbox,
      forwarder,
    };
    const routes = controllerRoutes({ ...sources, identity: { accounts, people } });
    const endFirst = () => check.stop();
    port = await startWebServer(config, { accounts, people, routes, role: 'all', logger, endFirst }, started);
    const hallRoutes = controllerRoutes({
      ...sources,
      // Tokens do not travel over plain HTTP, in no message either.
      track: { ...track, accounts: { authenticate: async () => undefined, changes: accounts.changes } },
      identity: { accounts, people: hallPeople },
    });
    const hallParts = { accounts, people: hallPeople, routes: hallRoutes, logger };
    hallUrl = await startHallDoor(config, hallParts, { say, started });
    forwarder.start();
    started.add(() => forwarder.stop());
    const live = openLive(config, { track, tracks, models, accounts, http: localUrl(config, port), logger });
    live.start();
    started.add(() => live.stop());
    online.start();
    started.add(() => online.stop());
    await openRMonitor(config, { track, logger }, started);
    if (open) started.add(mentionOpen(say));
    const url = publicUrl(config, port);
    const mqtt = track.url;
    await sayFirstLink(config, port, people, say);
    say({ type: 'ready', text: `Pitwall is at ${url}, its broker at ${mqtt}`, url, mqtt, pid: process.pid });
    return { url, mqtt, stop: started.stop };
  });
}
