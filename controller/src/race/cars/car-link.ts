import type { CarId, Micros, SessionId } from '@pitwall/protocol';
import type { CarOverview, LiveMessage } from '@pitwall/protocol/api';
import {
  type CarAction,
  CarEvent,
  CarPresence,
  CarReply,
  CarState,
  type Envelope,
  isOfEveryProtocol,
  Preview,
  type SafetyState,
  Telemetry,
  topics,
} from '@pitwall/protocol/messages';
import type { Stamp } from '@pitwall/protocol/race';
import type { Incoming, MqttLink } from '@pitwall/runtime/mqtt-link';
import { Holder, type Identities, type IdentityName } from '../../link/index.js';
import type { CarAnswer, CarCheck, CarMotion, CarOrder, Cars, DeskClock, Timers } from '../ports.js';
import { CarClock } from './car-clock.js';
import { CarCommands, type FullAnswer, patienceMs, type Sending, silent } from './car-commands.js';
import type { EStops } from './e-stops.js';
import { foreignCar } from './foreign-car.js';
import { Previews } from './previews.js';

/** What pages are told of cars. */
export type CarNews = Extract<
  LiveMessage,
  { type: 'telemetry' | 'car-event' | 'car-state' | 'car-presence' | 'preview' | 'car-e-stop' | 'car-rival' }
>;

interface KnownCar {
  readonly holder: Holder;
  /** When it was heard last, on our clock; undefined where only what the broker kept was. */
  heardAt: Micros | undefined;
  /** In which it spoke last. */
  sessionId: SessionId | undefined;
  presence: CarPresence | undefined;
  state: CarState | undefined;
  /** As it said last, in its state or in an answer: its state may have been lost on the way. */
  safety: SafetyState | undefined;
  telemetry: Telemetry | undefined;
  clock: CarClock | undefined;
}

export interface CarLinkOptions {
  readonly link: Pick<MqttLink, 'subscribe' | 'publish'>;
  readonly clock: DeskClock;
  readonly timers: Timers;
  readonly eStops: Pick<EStops, 'cars' | 'of' | 'pressed' | 'answered' | 'cleared' | 'watch'>;
  readonly identities: Pick<Identities, 'of' | 'held' | 'claimed' | 'rivalGone' | 'watch'>;
}

/** What sets a car going, or readies it for that. */
const goes: ReadonlySet<CarAction['type']> = new Set(['arm', 'start', 'resume']);

/** Cars as the desk and the pages see them, over MQTT. */
export class CarLink implements Cars {
  readonly #options: CarLinkOptions;
  readonly #cars = new Map<CarId, KnownCar>();
  readonly #commands: CarCommands;
  /** Cars that are being told an e-stop at this moment. */
  readonly #stopping = new Map<CarId, number>();
  /** In which session a car spoke when it was told its latest e-stop. */
  readonly #toldIn = new Map<CarId, SessionId | undefined>();
  /** The session in which a car answered its latest e-stop: another one may know nothing of it. */
  readonly #stoodIn = new Map<CarId, SessionId>();
  /** How often each car was to stop, in whichever way: what was asked before that sets it going no more. */
  readonly #stops = new Map<CarId, number>();
  /** How often an e-stop of it was pressed. */
  readonly #presses = new Map<CarId, number>();
  readonly #watchers = new Set<(news: CarNews) => void>();
  readonly #motionWatchers = new Set<(car: CarId, motion: CarMotion) => void>();
  readonly #listening = new Set<{ readonly car: CarId; readonly end: () => void }>();

  readonly #previews: Previews;

  constructor(options: CarLinkOptions) {
    this.#options = options;
    this.#commands = new CarCommands(options);
    this.#previews = new Previews({
      timers: options.timers,
      ask: (car, rate, seconds) => void this.#ask(car, { type: 'preview', rate, seconds }, 'whoever watches'),
    });
  }

  /** The car sends pictures until everyone who asked for them has had enough. Answers how to stop. */
  preview(car: CarId): () => void {
    return this.#previews.watch(car);
  }

  /** Subscribes; call before the link starts. */
  start(): void {
    const { link, eStops, identities } = this.#options;
    link.subscribe(topics.everyCar('presence'), CarPresence, (incoming) => {
      const { message, from, receivedAt, retained } = incoming;
      const known = this.#car(from.id as CarId);
      if (!known.holder.takesPresence(message, retained ? undefined : receivedAt)) return;
      const car = this.#heard(incoming);
      known.presence = message;
      if (message.status !== 'online') {
        this.#commands.gone(car);
        this.#moved(car, { driving: null, safety: null, reason: null, runSpeed: null, scale: null, at: this.#now });
      }
      this.#tell({ type: 'car-presence', car, presence: message });
    });
    link.subscribe(topics.everyCar('state'), CarState, (incoming) => {
      this.#take(incoming, (car, state, known) => {
        known.state = state;
        known.safety = state.safety;
        const { safety, reason, runSpeed = null, throttleScale: scale } = state;
        const at = this.#stampOf(car, incoming);
        this.#moved(car, { driving: safety === 'driving', safety, reason, runSpeed, scale, at });
        this.#tell({ type: 'car-state', car, state });
      });
    });
    link.subscribe(topics.everyCar('telemetry'), Telemetry, (incoming) => {
      this.#take(incoming, (car, telemetry, known) => {
        known.telemetry = telemetry;
        this.#tell({ type: 'telemetry', car, telemetry });
      });
    });
    link.subscribe(topics.everyCar('event'), CarEvent, (incoming) => {
      this.#take(incoming, (car, event) => this.#tell({ type: 'car-event', car, event }));
    });
    link.subscribe(topics.everyCar('preview'), Preview, (incoming) => {
      this.#take(incoming, (car, preview) => this.#tell({ type: 'preview', car, preview }));
    });
    link.subscribe(topics.everyCar('reply'), CarReply, (incoming) => {
      this.#take(incoming, (car, reply, known) => {
        known.safety = reply.safety;
        this.#commands.answered(car, reply);
      });
    });
    eStops.watch((car, eStop) => this.#tell({ type: 'car-e-stop', car, eStop }));
    identities.watch((name, rival) => {
      const [of, car] = name.split(':');
      if (of === 'car') this.#tell({ type: 'car-rival', car: car as CarId, rival });
    });
  }

  about(car: CarId): ReturnType<Cars['about']> {
    const known = this.#cars.get(car);
    if (known?.presence === undefined) return undefined;
    const { presence, state } = known;
    const model =
      state !== undefined && state.at >= presence.at && state.bootId === presence.bootId ? state.model : presence.model;
    const { rival } = this.#options.identities.of(nameOf(car));
    return { online: presence.status === 'online', model, simulator: presence.simulator, rival };
  }

  /** Whatever was heard of, by id. */
  get cars(): CarId[] {
    return [...this.#cars.keys()].sort();
  }

  /** How a car's presence is, and how long ago it was heard. */
  heard(car: CarId): { readonly status: 'online' | 'offline' | 'lost' | 'unknown'; readonly ago: Micros | null } {
    const { presence, heardAt } = this.#cars.get(car) ?? {};
    const ago = heardAt === undefined ? null : (Math.max(0, this.#options.clock.now() - heardAt) as Micros);
    return { status: presence?.status ?? 'unknown', ago };
  }

  /** By id. */
  list(): CarOverview[] {
    const { eStops, identities } = this.#options;
    // Also those that a stop is kept for and that were not heard since a restart.
    return [...new Set([...this.cars, ...eStops.cars])].sort().map((car) => {
      const { presence = null, state = null, telemetry = null } = this.#cars.get(car) ?? {};
      const incompatible = foreignCar(car, presence ?? undefined);
      const said = { car, presence, state, telemetry, eStop: eStops.of(car), ...identities.of(nameOf(car)) };
      return incompatible === undefined ? said : { ...said, incompatible };
    });
  }

  /** Retained news of every car, then all that comes. Answers how to stop. */
  watch(watcher: (news: CarNews) => void): () => void {
    const { eStops, identities } = this.#options;
    for (const [car, { presence, state }] of this.#cars) {
      if (presence !== undefined) watcher({ type: 'car-presence', car, presence });
      if (state !== undefined) watcher({ type: 'car-state', car, state });
      const eStop = eStops.of(car);
      if (eStop !== null) watcher({ type: 'car-e-stop', car, eStop });
      const { rival } = identities.of(nameOf(car));
      if (rival !== null) watcher({ type: 'car-rival', car, rival });
    }
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async order(car: CarId, order: CarOrder, who: string, warn?: Micros): Promise<CarAnswer> {
    const stops = this.#stops.get(car);
    if (order === 'start' && this.#cars.get(car)?.safety === 'disarmed') {
      const armed = await this.#ask(car, { type: 'arm' }, who);
      if (armed.outcome !== 'done') return armed;
    }
    const warned = order === 'start' && warn !== undefined;
    return await this.#ask(car, warned ? { type: order, warn } : { type: order }, who, { stops });
  }

  async testEStop(car: CarId, who: string): Promise<CarAnswer> {
    const held = this.#heldBy(car);
    if (held !== undefined) return held;
    const asked = this.#ask(car, { type: 'e-stop' }, who);
    const presses = this.#presses.get(car);
    const answer = await asked;
    // Only its own is taken back: this one, while nobody pressed another. One that nobody heard is not kept, either.
    if (this.#presses.get(car) !== presses) return answer;
    if (answer.outcome === 'done') await this.#ask(car, { type: 'clear' }, who);
    else this.#options.eStops.cleared(car);
    return answer;
  }

  async setRunSpeed(car: CarId, percent: number, who: string): Promise<CarAnswer> {
    return await this.#ask(car, { type: 'run-speed', percent }, who);
  }

  async check(car: CarId, who: string): Promise<CarCheck> {
    return await this.#ask(car, { type: 'check' }, who);
  }

  /** Any command. `drive` (by remote control) is not waited for: cars answer it only when they refuse it. */
  async command(car: CarId, action: CarAction, who: string): Promise<FullAnswer> {
    return await this.#ask(car, action, who);
  }

  /** @param since how often the car was to stop when a person asked for it; absent: that is now */
  async #ask(car: CarId, action: CarAction, who: string, since?: { stops: number | undefined }): Promise<FullAnswer> {
    const { eStops } = this.#options;
    if (action.type === 'stop' || action.type === 'e-stop') count(this.#stops, car);
    if (action.type === 'e-stop') {
      eStops.pressed(car, who);
      count(this.#presses, car);
      this.#stoodIn.delete(car);
      return await this.#eStop(car, who);
    }
    const foreign = foreignCar(car, this.#cars.get(car)?.presence);
    if (foreign !== undefined && !isOfEveryProtocol(action))
      return { ...this.#refused(car, foreign), code: 'version-incompatible' };
    const { stops } = since ?? { stops: this.#stops.get(car) };
    const presses = this.#presses.get(car);
    const answer = await this.#askOnce(car, action, who, () =>
      goes.has(action.type) ? this.#hindrance(car, stops) : undefined,
    );
    // One that was cleared at the car itself has nothing to clear, and is not held any longer. What was pressed since holds it.
    const stands = answer.safety !== null && answer.safety !== 'faulted';
    if (action.type === 'clear' && stands && this.#presses.get(car) === presses) eStops.cleared(car);
    return answer;
  }

  /** At once: an e-stop is never too old, so that nothing need be known of the car's clock. */
  async #eStop(car: CarId, who: string): Promise<FullAnswer> {
    this.#stopping.set(car, (this.#stopping.get(car) ?? 0) + 1);
    const { clock, eStops } = this.#options;
    const known = this.#cars.get(car)?.clock ?? { bootId: clock.bootId, ahead: 0 };
    this.#toldIn.set(car, this.#cars.get(car)?.sessionId);
    const presses = this.#presses.get(car);
    const answer = await this.#send(car, { type: 'e-stop' }, who, known);
    const left = (this.#stopping.get(car) ?? 1) - 1;
    if (left > 0) this.#stopping.set(car, left);
    else this.#stopping.delete(car);
    // It was pressed again, and the car may have been cleared between the two: the answer to that one counts.
    if (this.#presses.get(car) !== presses) return answer;
    if (answer.outcome === 'done' && answer.sessionId !== undefined) this.#stoodIn.set(car, answer.sessionId);
    eStops.answered(car, answer.outcome === 'done' ? 'stopped' : answer.outcome);
    return answer;
  }

  /** Whoever speaks in a session in which it has not answered its e-stop is told it again, unless that was just now. */
  #repeatEStop(car: CarId, sessionId: SessionId): void {
    const eStop = this.#options.eStops.of(car);
    if (eStop === null || this.#stoodIn.get(car) === sessionId) return;
    const isTold = this.#stopping.has(car) && this.#toldIn.get(car) === sessionId;
    if (!isTold) void this.#eStop(car, eStop.by);
  }

  /** What keeps a car from being set going, looked at right before each word that would. */
  #hindrance(car: CarId, stops: number | undefined): FullAnswer | undefined {
    if (this.#stops.get(car) === stops) return this.#heldBy(car);
    return this.#heldBy(car) ?? this.#refused(car, `Car ${car} was told to stop meanwhile: it was not set going.`);
  }

  #heldBy(car: CarId): FullAnswer | undefined {
    const eStop = this.#options.eStops.of(car);
    if (eStop === null) return undefined;
    const since = new Date(eStop.since).toLocaleTimeString('en-GB');
    return this.#refused(car, `An emergency stop of ${since} by ${eStop.by} holds car ${car}: clear it first.`);
  }

  #refused(car: CarId, message: string): FullAnswer {
    return { outcome: 'refused', code: 'command-refused', safety: this.#cars.get(car)?.safety ?? null, message };
  }

  /** @param hindrance why it is not to be sent any more; asked each time before it is */
  async #askOnce(
    car: CarId,
    action: CarAction,
    who: string,
    hindrance: () => FullAnswer | undefined,
  ): Promise<FullAnswer> {
    const hindered = hindrance();
    if (hindered !== undefined) return hindered;
    if (this.#cars.get(car)?.clock === undefined) await this.#firstWord(car);
    const clock = this.#cars.get(car)?.clock;
    if (clock === undefined) return silent('nothing was heard of this car');
    const known = { bootId: clock.bootId, ahead: clock.ahead };
    const answer = hindrance() ?? (await this.#send(car, action, who, known));
    const now = this.#cars.get(car)?.clock ?? clock;
    const wasLate = now.bootId !== known.bootId || now.ahead > known.ahead + 1_000_000;
    if (answer.outcome !== 'refused' || !wasLate) return answer;
    // What is retained tells an old time of the car's clock; its answer told the right one.
    return hindrance() ?? (await this.#send(car, action, who, now));
  }

  /** After a start the cars are heard a moment later. */
  #firstWord(car: CarId): Promise<void> {
    const { timers } = this.#options;
    return new Promise((resolve) => {
      const end = () => {
        timers.clear(timer);
        this.#listening.delete(listener);
        resolve();
      };
      const timer = timers.set(end, patienceMs);
      const listener = { car, end };
      this.#listening.add(listener);
    });
  }

  #send(car: CarId, action: CarAction, who: string, clock: Sending['clock']): Promise<FullAnswer> {
    const { holder, safety } = this.#cars.get(car) ?? {};
    return this.#commands.send({ car, action, who, clock, to: holder?.instance, safety: safety ?? null });
  }

  /** What the computer said that is this car; another one with its identity is not listened to. */
  #take<T extends Envelope>(incoming: Incoming<T>, handle: (car: CarId, message: T, known: KnownCar) => void): void {
    const { message, from, receivedAt, retained } = incoming;
    const known = this.#car(from.id as CarId);
    if (!known.holder.takes(message, retained ? undefined : receivedAt)) return;
    handle(this.#heard(incoming), message, known);
  }

  #heard({ message, from, receivedAt, retained }: Incoming<Envelope>): CarId {
    const car = from.id as CarId;
    const known = this.#car(car);
    if (!retained) known.heardAt = receivedAt;
    known.sessionId = message.sessionId;
    if (known.clock?.bootId === message.bootId) known.clock.hear(message.at, receivedAt);
    else known.clock = new CarClock(message.bootId, message.at, receivedAt);
    for (const listener of this.#listening) if (listener.car === car) listener.end();
    // After what it said now was taken: it may be the answer.
    queueMicrotask(() => this.#repeatEStop(car, message.sessionId));
    return car;
  }

  #car(car: CarId): KnownCar {
    let known = this.#cars.get(car);
    if (known === undefined) {
      const holder = new Holder(nameOf(car), this.#options.identities);
      known = {
        holder,
        heardAt: undefined,
        sessionId: undefined,
        presence: undefined,
        state: undefined,
        safety: undefined,
        telemetry: undefined,
        clock: undefined,
      };
      this.#cars.set(car, known);
    }
    return known;
  }

  /** Every car that begins to drive, or does not any more. Answers how to stop. */
  watchMotion(watcher: (car: CarId, motion: CarMotion) => void): () => void {
    this.#motionWatchers.add(watcher);
    return () => this.#motionWatchers.delete(watcher);
  }

  #moved(car: CarId, motion: CarMotion): void {
    for (const watcher of this.#motionWatchers) watcher(car, motion);
  }

  get #now(): Stamp {
    const { clock } = this.#options;
    return { bootId: clock.bootId, at: clock.now() };
  }

  /** When the car sent it, as near as its clock is known; never later than it came. */
  #stampOf(car: CarId, { message, receivedAt }: Incoming<Envelope>): Stamp {
    const ahead = this.#cars.get(car)?.clock?.ahead ?? message.at - receivedAt;
    const at = Math.max(0, Math.min(receivedAt, message.at - ahead)) as Micros;
    return { bootId: this.#options.clock.bootId, at };
  }

  #tell(news: CarNews): void {
    for (const watcher of this.#watchers) watcher(news);
  }
}

const count = (counts: Map<CarId, number>, car: CarId) => counts.set(car, (counts.get(car) ?? 0) + 1);

const nameOf = (car: CarId): IdentityName => `car:${car}`;
