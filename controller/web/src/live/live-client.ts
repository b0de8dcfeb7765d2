import type { CarId, RaceId } from '@pitwall/protocol';
import { isPitwallError, parseJson } from '@pitwall/protocol';
import { LiveMessage, type LiveRequest } from '@pitwall/protocol/api';
import type { LogRecord } from '@pitwall/protocol/race';
import { backOffMs } from '@pitwall/runtime/back-off';
import { ServerClock } from './server-clock.js';

/** What the client needs of a WebSocket. */
export interface Socket {
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveParts {
  readonly open: () => Socket;
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly random: () => number;
  readonly setTimer: (act: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

/**
 * `live`: something was heard within {@link silence}. `since`, ms in the client's clock: when it became so; of a `lost` one, when
 * the server's last word came (when it was first asked, where none ever came).
 */
export interface Link {
  readonly state: 'connecting' | 'live' | 'lost';
  readonly since: number;
}

/** The server says its clock once a second; after so long without a word, ms, what is shown is the past. */
export const silence = 2500;
/**
 * After so long a silence, ms, the connection is given up for a new one. Not sooner: TCP sends a lost packet again after
 * 0.2, 0.4, 0.8, 1.6 and 3.2 s (RFC 6298, doubled each time), so that a hall's Wi-Fi that comes back is often heard on the old one.
 */
export const dead = 6500;
/** A timer so much too late, ms, was held up with the page: what the server said meanwhile is still to be heard. */
const heldUp = 500;
const backOff = { firstMs: 500, mostMs: 8_000 };

export interface RaceFollower {
  /** The last record that it has: streaming resumes after it. */
  readonly last: () => number;
  readonly onRecords: (records: readonly LogRecord[]) => void;
}

type CarMessage = Extract<LiveMessage, { car: CarId }>;

/** The one connection to /api/v1/live: asks again for what its listeners need whenever it comes back. */
export class LiveClient {
  readonly clock = new ServerClock();
  readonly #parts: LiveParts;
  readonly #races = new Map<RaceId, RaceFollower>();
  readonly #cars = new Map<CarId, Set<(message: CarMessage) => void>>();
  readonly #kept = new Set<LiveRequest>();
  readonly #listeners = new Set<(message: LiveMessage) => void>();
  readonly #linkListeners = new Set<() => void>();
  #link: Link;
  #storage: string | null = null;
  #socket: Socket | undefined;
  #ready = false;
  #timer: unknown;
  #attempt = 0;
  #started = false;
  #lastWord: number;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#lastWord = parts.now();
    this.#link = { state: 'connecting', since: this.#lastWord };
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#connect();
  }

  stop(): void {
    this.#started = false;
    this.#drop();
    this.#setTimer(undefined);
  }

  /** Connects now instead of at the next attempt: the network is said to be back. */
  hurry(): void {
    if (!this.#started || (this.#socket !== undefined && this.#link.state !== 'lost')) return;
    this.#drop();
    this.#attempt = 0;
    this.#connect();
  }

  readonly link = (): Link => this.#link;

  /** Why the controller cannot write to its disk; null where it can. */
  readonly storage = (): string | null => this.#storage;

  readonly onLink = (listener: () => void): (() => void) => {
    this.#linkListeners.add(listener);
    return () => this.#linkListeners.delete(listener);
  };

  follow(race: RaceId, follower: RaceFollower): () => void {
    this.#races.set(race, follower);
    this.refollow(race);
    return () => {
      if (this.#races.get(race) !== follower) return;
      this.#races.delete(race);
      this.#say({ type: 'unfollow', race });
    };
  }

  /** Asks for the race's log again, from the record after the follower's last. */
  refollow(race: RaceId): void {
    const follower = this.#races.get(race);
    if (follower !== undefined) this.#say({ type: 'follow', race, after: follower.last() });
  }

  watch(car: CarId, listener: (message: CarMessage) => void): () => void {
    const listeners = this.#cars.get(car) ?? new Set();
    listeners.add(listener);
    this.#cars.set(car, listeners);
    if (listeners.size === 1) this.#watchAll();
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#cars.get(car) !== listeners) return;
      this.#cars.delete(car);
      this.#watchAll();
    };
  }

  /** Says it now and whenever the connection comes back, in the order in which it was first said. */
  keepSaying(request: LiveRequest, over?: LiveRequest): () => void {
    this.#kept.add(request);
    this.#say(request);
    return () => {
      if (this.#kept.delete(request) && over !== undefined) this.#say(over);
    };
  }

  /** Calls `listener` with every message that is neither of a race's log nor of the connection itself. */
  listen(listener: (message: LiveMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    const socket = this.#parts.open();
    this.#socket = socket;
    this.#ready = false;
    socket.onopen = () => {
      this.#ready = true;
      for (const request of this.#kept) this.#say(request);
      for (const race of this.#races.keys()) this.refollow(race);
      if (this.#cars.size > 0) this.#watchAll();
    };
    socket.onmessage = ({ data }) => {
      this.#attempt = 0;
      this.#lastWord = this.#parts.now();
      this.#setLink('live', this.#lastWord);
      this.#listenFor(silence);
      this.#hear(String(data));
    };
    socket.onclose = () => this.#lose();
    this.#listenFor(silence);
  }

  /** Waits so long, ms, for the server's next word. */
  #listenFor(ms: number): void {
    const due = this.#parts.now() + ms;
    this.#setTimer(() => {
      if (this.#parts.now() > due + heldUp) return this.#listenFor(heldUp);
      if (this.#link.state === 'lost') return this.#lose();
      this.#setLink('lost', this.#lastWord);
      this.#listenFor(dead - silence);
    }, ms);
  }

  #lose(): void {
    this.#drop();
    this.#setLink('lost', this.#lastWord);
    this.#attempt += 1;
    // A hall full of pages must not come back in one instant.
    this.#setTimer(() => this.#connect(), backOffMs(this.#attempt, backOff, this.#parts.random));
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#ready = false;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #setTimer(act: (() => void) | undefined, ms = 0): void {
    if (this.#timer !== undefined) this.#parts.clearTimer(this.#timer);
    this.#timer = act === undefined ? undefined : this.#parts.setTimer(act, ms);
  }

  #setLink(state: Link['state'], since: number): void {
    if (this.#link.state === state) return;
    this.#link = { state, since };
    this.#tellLink();
  }

  #tellLink(): void {
    for (const listener of this.#linkListeners) listener();
  }

  #watchAll(): void {
    this.#say({ type: 'watch', cars: [...this.#cars.keys()] });
  }

  #say(request: LiveRequest): void {
    if (this.#ready) this.#socket?.send(JSON.stringify(request));
  }

  #hear(text: string): void {
    let message: LiveMessage;
    try {
      message = parseJson(LiveMessage, text, 'A live message');
    } catch (error) {
      if (!isPitwallError(error)) throw error;
      console.warn(error.message);
      return;
    }
    switch (message.type) {
      case 'clock':
        this.clock.hear(message.now, this.#parts.now() * 1000);
        return;
      case 'log':
        this.#races.get(message.race)?.onRecords(message.records);
        return;
      case 'storage':
        this.#storage = message.ok ? null : message.message;
        this.#tellLink();
        return;
      default:
        if (message.type === 'error') console.warn(`${message.error.code}: ${message.error.message}`);
        for (const listener of this.#listeners) listener(message);
        if ('car' in message) for (const listener of this.#cars.get(message.car) ?? []) listener(message);
    }
  }
}
