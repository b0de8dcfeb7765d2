import { join } from 'node:path';
import { trustDigits } from '@pitwall/protocol/api';
import { FileBlobStore } from '@pitwall/runtime';

import { type Logger, pino } from 'pino';
import { Enrolment } from '../accounts/index.js';
import { backup } from '../backup/index.js';
import { Outbox, openSigner } from '../forwarding/index.js';
import { Models } from '../garage/index.js';
import { controllerRoutes } from '../http/index.js';
import { RaceMoments, TrackRecords } from '../show/index.js';
import { StandbyDoor, superseded } from '../standby/index.js';
import { type Announced, announce } from './announce.js';
import { openBoards } from './boards.js';
import { type Config, databaseOf, demandClosed, doorsOf } from './config.js';
import { modelCheckOf } from './evaluation.js';
import { openEvents } from './events.js';
import { sayFirstLink } from './first-administrator.js';
import { openForwarder } from './forwarding.js';
import { startHallDoor } from './hall-door.js';
import { openImports } from './imports.js';
import { openLive } from './live-races.js';
import { hostInUrl, type Network, openNetwork, sayTrust } from './network.js';
import { openOnline } from './online-races.js';
import { demandNoStandby, demandOwnTerm, hasStandbyToken, termsOf } from './own-term.js';
import { openRMonitor } from './rmonitor.js';
import { openRunRecordings } from './run-recordings.js';
import { type Running, type Say, startOrStop } from './running.js';
import { startTrack } from './track.js';
import { version } from './version.js';
import { addressUrl, localUrl, mentionOpen, publicUrl, startWebServer } from './web-server.js';

/** Everything in one process: broker, race desk, timing, online races, leaderboards and pages. */
export async function startAll(
  config: Config,
  say: Say,
  logger: Logger = pino({ level: config.log }, pino.destination(2)),
): Promise<Running> {
  demandClosed(config);
  demandNoStandby(config);
  const { open, beyond } = doorsOf(config);
  return await startOrStop(async (started) => {
    const network = await openNetwork(config, logger, started);
    const { certificate } = network;
    const { store, accounts, people, providers, hallPeople, leaderboards, owners, visible, tracks } = await openBoards(
      config,
      started,
      network,
    );
    const follows = await demandOwnTerm({ store, accounts }, { name: config.name, ca: network.authority?.cert });
    let supersededBy: (error: Error) => void = () => undefined;
    const overtaken = new Promise<Error>((resolve) => {
      supersededBy = resolve;
    });
    const standby = new StandbyDoor({
      ...{ store, data: config.data, database: databaseOf(config), name: config.name, version },
      isWanted: () => hasStandbyToken(accounts),
      superseded: (url) => supersededBy(superseded(url, Date.now())),
    });
    if (follows !== undefined) standby.expect(follows);
    standby.start();
    started.add(() => standby.stop());
    let port = config.http.port;
    const outbox = new Outbox(store, ['local', ...config.forwarding.map(({ name }) => name)]);
    const signer = await openSigner(join(config.data, 'source.key.json'));
    const forwarder = await openForwarder(config, { store, accounts, leaderboards, signer, say, port: () => port });
    const terms = await termsOf(standby, { signer, url: publicUrl(config, network, port) });
    const track = await startTrack(config, {
      store,
      accounts,
      outbox,
      certificate,
      alsoKept: () => standby.has(),
      terms,
      logger,
    });
    started.add(track.stop);
    const check = modelCheckOf(config, logger);
    const models = new Models(store, new FileBlobStore(join(config.data, 'models')), check);
    await models.start();
    const wake = () => forwarder.wake();
    const online = openOnline(config, { store, visible, tracks, leaderboards, outbox, wake, check, logger });
    const pictures = new FileBlobStore(join(config.data, 'pictures'));
    await pictures.start();
    let hallUrl: string | null = null;
    const recordings = await openRunRecordings(config, { store, track, logger }, started);
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
      recordings,
      moments: new RaceMoments(track.desk, new TrackRecords(track.desk)),
      signer,
      machines: {
        enrolment: new Enrolment(accounts),
        entrance: () => ({ url: publicUrl(config, network, port), trust: trustOf(network) }),
        broker: (host: string, secure: boolean) =>
          config.mqtt.url ?? `${secure ? 'mqtts' : 'mqtt'}://${hostInUrl(host)}:${new URL(track.url).port}`,
      },
      models,
      tracks,
      store,
      outbox,
      forwarder,
      standby,
      backup: (passphrase: string) =>
        backup({ data: config.data, database: databaseOf(config), version, now: Date.now }, passphrase),
    };
    const routes = controllerRoutes({ ...sources, identity: { accounts, people, providers } });
    const endFirst = () => check.stop();
    port = await startWebServer(config, { accounts, people, routes, role: 'all', network, logger, endFirst }, started);
    const hallRoutes = controllerRoutes({
      ...sources,
      // Tokens do not travel over plain HTTP, in no message either.
      track: { ...track, accounts: { authenticate: async () => undefined, changes: accounts.changes } },
      identity: { accounts, people: hallPeople, providers: hallPeople.providers([]) },
    });
    const hallParts = { accounts, people: hallPeople, routes: hallRoutes, network, logger };
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
    const url = publicUrl(config, network, port);
    const mqtt = brokerUrl(config, network, track.url);
    sayTrust(network, `${hallUrl ?? url}/trust`, say);
    await sayFirstLink(url, addressUrl(config, network, port), people, say);
    const local = { url: localUrl(config, port), mqtt: track.url };
    say({ type: 'ready', text: `Pitwall is at ${url}, its broker at ${mqtt}`, url, mqtt, local, pid: process.pid });
    if (beyond && config.mdns) {
      const secure = certificate !== undefined;
      const services: Announced[] = [{ type: secure ? 'https' : 'http', port }];
      if (config.mqtt.url === undefined)
        services.push({ type: secure ? 'secure-mqtt' : 'mqtt', port: Number(new URL(mqtt).port) });
      await announce(services, { network, name: config.name, say, logger }, started);
    }
    return { url, mqtt, stop: started.stop, makeSafe: track.makeSafe, superseded: overtaken };
  });
}

/** Where cars and gates elsewhere reach the broker. */
function brokerUrl({ mqtt }: Config, { certificate, hostInLinks }: Network, local: string): string {
  if (mqtt.url !== undefined) return mqtt.url;
  return `${certificate === undefined ? 'mqtt' : 'mqtts'}://${hostInLinks(mqtt.host)}:${new URL(local).port}`;
}

/** What codes for cars and gates say of this controller's authority. */
const trustOf = ({ authority }: Network): string =>
  authority === undefined ? '' : trustDigits(Buffer.from(authority.fingerprint.replaceAll(':', ''), 'hex'));
