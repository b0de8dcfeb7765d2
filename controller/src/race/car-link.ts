import { type CarId, type ErrorCode, type Micros, SessionId } from '@pitwall/protocol';
import type { CarOutcome, CarOverview, LiveMessage } from '@pitwall/protocol/api';
import {
  type CarAction,
  type CarCommand,
  CarEvent,
  CarPresence,
  CarReply,
  CarState,
  type Envelope,
  Preview,
  type SafetyState,
  Telemetry,
  topics,
} from '@pitwall/protocol/messages';
import { v7 as uuidv7 } from 'uuid';
import type { Incoming, Link } from '../link/index.js';
import { CarClock } from './car-clock.js';
import type { CarAnswer, CarOrder, Cars, DeskClock, Timers } from './ports.js';
import { Previews } from './previews.js';

/** What pages are told of cars. */
export type CarNews = Extract<
  LiveMessage,
  { type: 'telemetry' | 'car-event' | 'car-state' | 'car-presence' | 'preview' }
>;

interface KnownCar {
  presence: CarPresence | undefined;
  state: CarState | undefined;
  telemetry: Telemetry | undefined;
  clock: CarClock | undefined;
}

export interface CarLinkOptions {
  readonly link: Pick<Link, 'subscribe' | 'publish'>;
  readonly clock: DeskClock;
  readonly timers: Timers;
}

/** How long a car may take to answer, ms; a command that arrives later is refused by the car as expired. */
const patienceMs = 2000;
/** What takes its time once it has arrived. */
const slowMs: Partial<Record<CarAction['type'], number>> = {
  stage: 310_000,
  load: 15_000,
  'delete-model': 10_000,
  calibrate: 10_000,
};

/** What a car said to a command, in full; `silent` when it said nothing in time. */
export interface FullAnswer extends CarAnswer, Omit<CarOutcome, 'safety'> {
  readonly safety: SafetyState | null;
  readonly code?: ErrorCode | undefined;
}

/** Cars as the desk and the pages see them, over MQTT. */
export class CarLink implements Cars {
  readonly #options: CarLinkOptions;
  readonly #cars = new Map<CarId, KnownCar>();
  /** Numbers the commands, so that a car refuses what was overtaken. */
  readonly #sessionId = SessionId.parse(uuidv7());
  #seq = 0;
  readonly #waiting = new Map<string, (reply: CarReply) => void>();
  readonly #slow = new Set<{ readonly car: CarId; readonly end: () => void }>();
  readonly #watchers = new Set<(news: CarNews) => void>();
  readonly #listening = new Set<{ readonly car: CarId; readonly end: () => void }>();

  readonly #previews: Previews;

  constructor(options: CarLinkOptions) {
    this.#options = options;
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
    const { link } = this.#options;
    link.subscribe(topics.everyCar('presence'), CarPresence, (incoming) => {
      const car = this.#heard(incoming);
      this.#car(car).presence = incoming.message;
      if (incoming.message.status !== 'online') this.#giveUp(car);
      this.#tell({ type: 'car-presence', car, presence: incoming.message });
    });
    link.subscribe(topics.everyCar('state'), CarState, (incoming) => {
      const car = this.#heard(incoming);
      this.#car(car).state = incoming.message;
      this.#tell({ type: 'car-state', car, state: incoming.message });
    });
    link.subscribe(topics.everyCar('telemetry'), Telemetry, (incoming) => {
      const car = this.#heard(incoming);
      this.#car(car).telemetry = incoming.message;
      this.#tell({ type: 'telemetry', car, telemetry: incoming.message });
    });
    link.subscribe(topics.everyCar('event'), CarEvent, (incoming) => {
      const car = this.#heard(incoming);
      this.#tell({ type: 'car-event', car, event: incoming.message });
    });
    link.subscribe(topics.everyCar('preview'), Preview, (incoming) => {
      const car = this.#heard(incoming);
      this.#tell({ type: 'preview', car, preview: incoming.message });
    });
    link.subscribe(topics.everyCar('reply'), CarReply, (incoming) => {
      this.#heard(incoming);
      this.#waiting.get(incoming.message.commandId)?.(incoming.message);
    });
  }

  about(car: CarId): ReturnType<Cars['about']> {
    const known = this.#cars.get(car);
    if (known?.presence === undefined) return undefined;
    const { presence, state } = known;
    const model =
      state !== undefined && state.at >= presence.at && state.bootId === presence.bootId ? state.model : presence.model;
    return { online: presence.status === 'online', model, simulator: presence.simulator };
  }

  /** By id. */
  list(): CarOverview[] {
    return [...this.#cars]
      .map(([car, { presence = null, state = null, telemetry = null }]) => ({ car, presence, state, telemetry }))
      .sort((a, b) => a.car.localeCompare(b.car));
  }

  /** Retained news of every car, then all that comes. Answers how to stop. */
  watch(watcher: (news: CarNews) => void): () => void {
    for (const [car, { presence, state }] of this.#cars) {
      if (presence !== undefined) watcher({ type: 'car-presence', car, presence });
      if (state !== undefined) watcher({ type: 'car-state', car, state });
    }
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async order(car: CarId, order: CarOrder, who: string, warn?: Micros): Promise<CarAnswer> {
    if (order === 'start' && this.#cars.get(car)?.state?.safety === 'disarmed') {
      const armed = await this.#ask(car, { type: 'arm' }, who);
      if (armed.outcome !== 'done') return armed;
    }
    const warned = order === 'start' && warn !== undefined;
    return await this.#ask(car, warned ? { type: order, warn } : { type: order }, who);
  }

  /** Any command. A hand's `drive` is not waited for: cars answer it only when they refuse it. */
  async command(car: CarId, action: CarAction, who: string): Promise<FullAnswer> {
    return await this.#ask(car, action, who);
  }

  async #ask(car: CarId, action: CarAction, who: string): Promise<FullAnswer> {
    if (this.#cars.get(car)?.clock === undefined) await this.#firstWord(car);
    const clock = this.#cars.get(car)?.clock;
    if (clock === undefined) return silent('nothing was heard of this car');
    const known = { bootId: clock.bootId, ahead: clock.ahead };
    const answer = await this.#send(car, action, who, known);
    const now = this.#cars.get(car)?.clock ?? clock;
    const wasLate = now.bootId !== known.bootId || now.ahead > known.ahead + 1_000_000;
    // What is retained tells an old time of the car's clock; its answer told the right one.
    return answer.outcome === 'refused' && wasLate ? await this.#send(car, action, who, now) : answer;
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

  #send(car: CarId, action: CarAction, who: string, known: Pick<CarClock, 'bootId' | 'ahead'>): Promise<FullAnswer> {
    const { link, clock, timers } = this.#options;
    const expiresAt = Math.max(0, clock.now() + known.ahead + patienceMs * 1000) as Micros;
    const command: CarCommand = {
      commandId: uuidv7(),
      who,
      expires: { bootId: known.bootId, at: expiresAt },
      order: { sessionId: this.#sessionId, seq: this.#seq++ },
      action,
    };
    return new Promise((resolve) => {
      const pending = { car, end: () => end(silent('it went away before it had done it')) };
      const end = (answer: FullAnswer) => {
        timers.clear(timer);
        this.#slow.delete(pending);
        this.#waiting.delete(command.commandId);
        resolve(answer);
      };
      const wait = slowMs[action.type] ?? patienceMs;
      if (wait > patienceMs) this.#slow.add(pending);
      const timer = timers.set(() => end(silent(`no answer within ${wait / 1000} s`)), wait);
      this.#waiting.set(command.commandId, ({ outcome, code, message, safety, ...rest }) =>
        end({ outcome, code, message: message ?? null, safety, ...rest }),
      );
      if (!link.publish(topics.car(car, 'command'), command)) end(silent('no connection to the broker'));
      else if (action.type === 'drive') {
        end({ outcome: 'done', safety: this.#cars.get(car)?.state?.safety ?? null, message: null });
      }
    });
  }

  /** What takes long is not waited for when the car has gone: it will not say any more. */
  #giveUp(car: CarId): void {
    for (const pending of this.#slow) if (pending.car === car) pending.end();
  }

  #heard({ message, from, receivedAt }: Incoming<Envelope>): CarId {
    const car = from.id as CarId;
    const known = this.#car(car);
    if (known.clock?.bootId === message.bootId) known.clock.hear(message.at, receivedAt);
    else known.clock = new CarClock(message.bootId, message.at, receivedAt);
    for (const listener of this.#listening) if (listener.car === car) listener.end();
    return car;
  }

  #car(car: CarId): KnownCar {
    let known = this.#cars.get(car);
    if (known === undefined) {
      known = { presence: undefined, state: undefined, telemetry: undefined, clock: undefined };
      this.#cars.set(car, known);
    }
    return known;
  }

  #tell(news: CarNews): void {
    for (const watcher of this.#watchers) watcher(news);
  }
}

const silent = (message: string): FullAnswer => ({ outcome: 'silent', safety: null, message });
