import { readFileSync } from 'node:fs';
import { type EpochMs, isPitwallError } from '@pitwall/protocol';
import { hostClock, systemTimers } from '@pitwall/runtime';
import { MqttLink, type MqttLinkOptions } from '@pitwall/runtime/mqtt-link';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/index.js';
import { Broker } from '../broker/index.js';
import type { Outbox } from '../forwarding/index.js';
import type { LiveSources } from '../http/index.js';
import { Identities } from '../link/index.js';
import type { CarLink, StopAllCars } from '../race/index.js';
import type { Store } from '../store/index.js';
import type { ManualGate, Timing, TimingOptions } from '../timing/index.js';
import type { CertificateSource } from '../tls/index.js';
import type { Config } from './config.js';
import { ports } from './ports.js';
import { TrackSide } from './track-side.js';

/** Everything that speaks with cars and gates, and the desk that runs the races. */
export interface Track extends LiveSources {
  /** Where programs of this machine reach the broker. */
  readonly url: string;
  readonly cars: CarLink;
  readonly stops: StopAllCars;
  readonly timing: Timing;
  readonly manual: ManualGate;
  readonly stop: () => Promise<void>;
  /** Tells the cars of all runs to stop, and waits for their answers. */
  readonly makeSafe: () => Promise<void>;
}

interface Parts {
  readonly store: Store;
  readonly accounts: Accounts;
  readonly outbox: Outbox;
  readonly certificate: CertificateSource | undefined;
  readonly alsoKept: () => Promise<void>;
  readonly terms: TimingOptions['terms'];
  readonly logger: Logger;
}

/** Starts broker, desk, link and timing, in the order in which each needs the one before; stops them the other way round. */
export async function startTrack(
  config: Config,
  { store, accounts, outbox, certificate, alsoKept, terms, logger }: Parts,
): Promise<Track> {
  const log = logger;
  const clock = hostClock();
  const epoch = () => Date.now() as EpochMs;
  const identities = new Identities({ epoch, timers: systemTimers, log });
  const broker =
    config.mqtt.url === undefined
      ? await openBroker(config, { accounts, identities, tls: certificate, log })
      : undefined;
  const way = broker === undefined ? wayElsewhere(config) : wayInside(broker);
  const link = new MqttLink({
    ...way,
    clock,
    log,
  });
  const parts = {
    store,
    outbox,
    link,
    identities,
    clock,
    epoch,
    timers: systemTimers,
    source: config.name,
    log,
    alsoKept,
    terms,
  };
  const side = new TrackSide(parts);
  const stop = async () => {
    await side.stop();
    await broker?.broker.stop();
  };
  try {
    await side.start();
    // The broker inside is there; one elsewhere may come later, and go.
    if (broker !== undefined) await link.ready();
  } catch (error) {
    await stop();
    throw error;
  }
  const { desk, cars, stops, timing, manual } = side;
  const makeSafe = async () => {
    await Promise.all(desk.carsInRuns.map((car) => cars.order(car, 'stop', 'desk')));
  };
  return { url: way.url, desk, cars, stops, clock, accounts, timing, manual, stop, makeSafe };
}

type Way = Pick<MqttLinkOptions, 'url' | 'username' | 'password' | 'ca'>;

const wayInside = ({ broker, url }: { broker: Broker; url: string }): Way => ({ url, ...broker.credential });

const wayElsewhere = ({ mqtt: { url = '', passwordfile, ca } }: Config): Way => ({
  url,
  username: 'controller',
  password: passwordfile === undefined ? '' : readFileSync(passwordfile, 'utf8').trim(),
  ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }),
});

async function openBroker(
  { mqtt, insecure, nextfree }: Config,
  parts: { accounts: Accounts; identities: Identities; tls: CertificateSource | undefined; log: Logger },
): Promise<{ broker: Broker; url: string }> {
  const first = mqtt.port ?? (parts.tls === undefined ? ports.mqtt : ports.mqtts);
  const last = nextfree && first !== 0 ? first + 50 : first;
  for (let port = first; ; port += 1) {
    const broker = new Broker({ ...parts, host: mqtt.host, port, insecure });
    try {
      const { url } = await broker.start();
      return { broker, url };
    } catch (error) {
      await broker.stop();
      if (!isPitwallError(error) || error.code !== 'port-in-use' || port >= last) throw error;
    }
  }
}
