import { readFileSync } from 'node:fs';
import { type EpochMs, isPitwallError } from '@pitwall/protocol';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/index.js';
import { Broker, type BrokerOptions } from '../broker/index.js';
import type { Config } from '../config.js';
import type { Outbox } from '../forwarding/index.js';
import { liveRoutes, type Routes, raceRoutes } from '../http/index.js';
import { hostClock, Link } from '../link/index.js';
import { CarLink, GateWatch, MqttHerald, RaceDesk } from '../race/index.js';
import type { Store } from '../store/index.js';
import { Timing } from '../timing/index.js';

export interface Racing {
  readonly routes: readonly Routes[];
  /** Where cars and gates connect. */
  readonly mqtt: string;
  stop(): Promise<void>;
}

interface RacingParts {
  readonly config: Config;
  readonly store: Store;
  readonly accounts: Accounts;
  readonly outbox: Outbox;
  readonly logger: Logger;
}

const timers = { set: setTimeout, clear: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

/** What happens at the track: broker, timing, race desk. They start in this order and stop in the opposite one. */
export async function startRacing({ config, store, accounts, outbox, logger: log }: RacingParts): Promise<Racing> {
  const { tls } = config;
  const pem =
    tls === undefined ? undefined : { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') };
  const { broker, url } = await startBroker(config, { accounts, log, ...(pem === undefined ? {} : { tls: pem }) });
  const clock = hostClock();
  const link = new Link({
    url,
    ...broker.credential,
    clock,
    log,
    ...(pem === undefined ? {} : { ca: pem.cert }),
  });
  const cars = new CarLink({ link, clock, timers });
  const gates = new GateWatch(link);
  const desk = new RaceDesk({
    store,
    clock,
    epoch: () => Date.now() as EpochMs,
    timers,
    cars,
    gates,
    outbox,
    herald: new MqttHerald(link),
    source: config.name,
    log,
  });
  const timing = new Timing({
    link,
    clock,
    record: ({ crossing, controllerAt, controllerBound, rate, rateBound }) =>
      desk.record({
        crossing,
        controllerAt,
        controllerBound,
        epoch: crossing.bootId,
        rate: { value: rate, bound: rateBound },
      }),
    log,
  });
  await desk.start();
  cars.start();
  gates.start();
  timing.start();
  link.start();
  return {
    mqtt: url,
    routes: [raceRoutes(desk), liveRoutes({ desk, cars, clock })],
    async stop() {
      await timing.stop();
      await desk.stop();
      await link.stop();
      await broker.stop();
    },
  };
}

async function startBroker(
  { mqtt: { host, port }, nextfree, insecure }: Config,
  parts: Pick<BrokerOptions, 'accounts' | 'log' | 'tls'>,
): Promise<{ broker: Broker; url: string }> {
  const last = nextfree && port !== 0 ? port + 50 : port;
  for (let candidate = port; ; candidate += 1) {
    const broker = new Broker({ ...parts, host, port: candidate, insecure });
    try {
      return { broker, url: (await broker.start()).url };
    } catch (error) {
      await broker.stop();
      if (candidate === last || !isPitwallError(error) || error.code !== 'port-in-use') throw error;
    }
  }
}
