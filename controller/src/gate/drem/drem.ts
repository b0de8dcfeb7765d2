import type { Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import { z } from 'zod';
import type { Sensor, SensorEvents } from '../sensor.js';
import { TimerSocket } from '../timer-socket.js';
import { WallClock } from '../wall-clock.js';

/** The network between the timer and this machine: a wired one or the same machine. That the timer polls is in the profile. */
const deliveryError = 2000 as Micros;
/** `Date.now()` cuts the rest of the millisecond off. */
const wholeMs = 1000;

/** ms since 1970 by the timer's wall clock. */
const timestamp = z.number().int().nonnegative().max(8.64e15);
/**
 * What a timer of 2026 says (guidance-for-aws-deepracer-event-management, leaderboard-timer/timer.js, since ef6c8dd6): each pass,
 * numbered since its start, with the strip's GPIO; and a greeting. That of 2023 (ec0c82d5) says the word `lap`.
 */
const Said = z.discriminatedUnion('event', [
  z.object({ event: z.literal('lap'), timestamp, gpio: z.number().int(), lapNumber: z.number().int().positive() }),
  z.object({ event: z.literal('connected'), timestamp }),
]);

/**
 * DREM's timer program, a WebSocket server. Where it says when a pass was, that is the stamp, placed on our clock by the
 * arrivals; the plain word is stamped when it arrives. Each strip is debounced by the timer for itself, so that a pass may come
 * once from each: they are two sensors of one gate.
 */
export class DremSensor implements Sensor {
  readonly #socket: TimerSocket;
  readonly #clock: Clock;
  /** The timer's, from the first message that tells of it. */
  #wallClock: WallClock | undefined;
  #lastNumber: number | undefined;

  constructor(url: string, clock: Clock) {
    this.#socket = new TimerSocket(url, clock);
    this.#clock = clock;
  }

  async start(events: SensorEvents): Promise<void> {
    this.#socket.start(events, (text, arrival) => this.#hear(text, arrival, events));
  }

  async stop(): Promise<void> {
    this.#socket.stop();
  }

  #hear(text: string, arrival: Micros, events: SensorEvents): void {
    const { bootId } = this.#clock;
    if (text.trim() === 'lap') {
      events.edge({ bootId, at: arrival, uncertainty: deliveryError });
      return;
    }
    const said = Said.safeParse(json(text));
    // Nobody knows what it meant to say, so it may have been a pass.
    if (!said.success) {
      events.lost(1);
      return;
    }
    const message = said.data;
    const isNew = this.#wallClock === undefined;
    this.#wallClock ??= new WallClock(deliveryError);
    const { at, error, isStep } = this.#wallClock.place(message.timestamp * 1000, arrival);
    if (isNew || isStep) events.wallClock?.(this.#wallClock.steps);
    if (message.event !== 'lap') return;
    const missed = message.lapNumber - 1 - (this.#lastNumber ?? message.lapNumber - 1);
    if (missed > 0) events.lost(missed);
    this.#lastNumber = message.lapNumber;
    const uncertainty = Math.min(Number.MAX_SAFE_INTEGER, error + wholeMs) as Micros;
    events.edge({ bootId, at, uncertainty, sensor: message.gpio });
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
