import { errorLine, type GateId, type Micros } from '@pitwall/protocol';
import { StopAll, topics } from '@pitwall/protocol/messages';
import type { Clock } from '@pitwall/runtime';
import type { MqttLink } from '@pitwall/runtime/mqtt-link';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { Journal } from './journal.js';
import type { Edge } from './sensor.js';

export interface StopRules {
  /** Which of the gate's sensors are the button, from 0. */
  readonly sensors: readonly number[];
  /** The change that is the press; undefined where the adapter gives no levels: every edge is one. */
  readonly pressed?: 'rising' | 'falling' | undefined;
}

export interface StopButtonOptions {
  readonly gate: GateId;
  readonly rules: StopRules;
  readonly clock: Clock;
  readonly log: Logger;
  /** Keeps a press over a restart. */
  readonly journal: Pick<Journal, 'openStop' | 'keepStop'>;
  readonly link: Pick<MqttLink, 'publish' | 'subscribe' | 'onUp'>;
}

/** Until the controller says that it has it. */
const resendMs = 250;
/** µs. A contact bounces for some 20 ms; a hand does not press twice in this. */
const bounce = 200_000;

/**
 * A button that stops every car: its sensor is read like a line's, and means a stop instead of a crossing. Each press is a stop of
 * its own, whatever became of the one before, and takes its place. It is sent at once, and again until the controller answers,
 * however long that takes and whichever process of the gate lives then: an emergency stop is never too old.
 */
export class StopButton {
  readonly #options: StopButtonOptions;
  #open: string | null = null;
  #pressedAt = Number.NEGATIVE_INFINITY;
  #resend: NodeJS.Timeout | undefined;

  constructor(options: StopButtonOptions) {
    this.#options = options;
  }

  /** Subscribes; call before the link starts. */
  start(): void {
    const { link, gate, journal, log } = this.#options;
    link.subscribe(topics.gate(gate, 'stopped'), StopAll, ({ message }) => this.#answered(message));
    link.onUp(() => this.#send());
    if (journal.openStop === null) return;
    log.warn({ stopId: journal.openStop }, 'nobody had answered the stop button before the gate began anew');
    this.#say(journal.openStop);
  }

  stop(): void {
    clearInterval(this.#resend);
  }

  /** Whether the edge was the button's, pressed or not. */
  takes({ sensor = 0, level }: Edge): boolean {
    const { sensors, pressed } = this.#options.rules;
    if (!sensors.includes(sensor)) return false;
    if (pressed === undefined || level === undefined || level === (pressed === 'rising' ? 1 : 0)) this.#press();
    return true;
  }

  #press(): void {
    const { clock, log } = this.#options;
    const now: Micros = clock.now();
    if (now - this.#pressedAt < bounce) return;
    this.#pressedAt = now;
    // One that was acted upon may have had its answer lost, and the cars cleared since: its number would stop nobody.
    const stopId = uuidv7();
    this.#say(stopId);
    log.warn({ stopId }, 'the stop button was pressed: every car is to stop');
    this.#keep(stopId);
  }

  #say(stopId: string): void {
    this.#open = stopId;
    clearInterval(this.#resend);
    this.#resend = setInterval(() => this.#send(), resendMs);
    this.#send();
  }

  #send(): void {
    const { link, gate } = this.#options;
    if (this.#open !== null) link.publish(topics.gate(gate, 'stop'), { stopId: this.#open });
  }

  #keep(stopId: string | null): void {
    const { journal, log } = this.#options;
    journal.keepStop(stopId).catch((error: unknown) => {
      log.error({ stopId, error: errorLine(error) }, 'a press of the stop button could not be written to the journal');
    });
  }

  #answered({ stopId, cars }: StopAll): void {
    const { log } = this.#options;
    if (stopId === this.#open) {
      this.#open = null;
      clearInterval(this.#resend);
      this.#keep(null);
      log.info({ stopId, cars: cars.length }, 'the controller has the stop');
    }
    const missing = cars.filter(({ answer }) => answer === 'silent' || answer === 'refused').map(({ car }) => car);
    if (missing.length > 0) log.warn({ stopId, missing }, 'these cars did not answer the stop: stop them by hand');
  }
}
