import type { EpochMs } from '@pitwall/protocol';
import type { Clock, Timers } from '@pitwall/runtime';
import type { MqttLink } from '@pitwall/runtime/mqtt-link';
import type { Logger } from 'pino';
import type { Outbox } from '../forwarding/index.js';
import type { Identities } from '../link/index.js';
import { CarLink, EStops, GateCheck, MqttPublisher, RaceDesk, StopAllCars } from '../race/index.js';
import type { Store } from '../store/index.js';
import { ManualGate, Timing, type TimingOptions } from '../timing/index.js';

export interface TrackSideParts {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Not started yet. */
  readonly link: MqttLink;
  readonly identities: Identities;
  readonly clock: Clock;
  /** Wall clock, ms. */
  readonly epoch: () => EpochMs;
  readonly timers: Timers;
  /** This controller's name in the results it sends. */
  readonly source: string;
  readonly log: Logger;
  /** Resolves when whatever else must have what is on disk has it, before a gate forgets it. */
  readonly alsoKept?: () => Promise<void>;
  readonly terms?: TimingOptions['terms'];
}

/** What of a controller speaks with cars and gates over one link, and runs the races. */
export class TrackSide {
  readonly desk: RaceDesk;
  readonly cars: CarLink;
  readonly stops: StopAllCars;
  readonly timing: Timing;
  readonly manual: ManualGate;
  readonly eStops: EStops;
  readonly #parts: TrackSideParts;

  constructor(parts: TrackSideParts) {
    this.#parts = parts;
    const { store, outbox, link, identities, clock, epoch, timers, source, log } = parts;
    this.eStops = new EStops({ store, clock, epoch, timers, log });
    const { eStops } = this;
    this.cars = new CarLink({ link, clock, timers, eStops, identities });
    const { cars } = this;
    const gates = new GateCheck((gate) => this.timing.trouble(gate), identities);
    const publisher = new MqttPublisher(link);
    this.desk = new RaceDesk({ store, clock, epoch, timers, cars, gates, outbox, publisher, source, log });
    const { desk } = this;
    this.manual = new ManualGate(clock, link, (stamped) => desk.crossings.record(stamped));
    const { alsoKept, terms } = parts;
    const record: TimingOptions['record'] = (stamped) => desk.crossings.record(stamped);
    this.timing = new Timing({ link, clock, identities, record, alsoKept, terms, log });
    this.stops = new StopAllCars({ link, cars, eStops, desk, clock, epoch, log });
  }

  /** Subscribes what listens before the link connects; returns when the races are taken up. */
  async start(): Promise<void> {
    const { desk, cars } = this;
    await this.eStops.start();
    await desk.start();
    cars.watchMotion((car, motion) => desk.carMoves(car, motion));
    cars.start();
    this.stops.start();
    this.timing.start();
    this.#parts.link.start();
  }

  /** The other way round. Idempotent. */
  async stop(): Promise<void> {
    await this.timing.stop();
    await this.#parts.link.stop();
    await this.desk.stop();
    await this.eStops.stop();
    this.#parts.identities.stop();
  }
}
