import { type CarId, type ErrorCode, type Micros, SessionId, spokenProtocol } from '@pitwall/protocol';
import type { CarOutcome } from '@pitwall/protocol/api';
import { type CarAction, type CarCommand, type CarReply, type SafetyState, topics } from '@pitwall/protocol/messages';
import type { MqttLink } from '@pitwall/runtime/mqtt-link';
import { v7 as uuidv7 } from 'uuid';
import type { CarAnswer, DeskClock, Timers } from '../ports.js';
import type { CarClock } from './car-clock.js';

/** What a car said to a command, in full; `silent` when it said nothing in time. */
export interface FullAnswer extends CarAnswer, Omit<CarOutcome, 'safety'> {
  readonly safety: SafetyState | null;
  readonly code?: ErrorCode | undefined;
  /** In which session of the car it was said; absent where it said nothing. */
  readonly sessionId?: SessionId;
}

export const silent = (message: string): FullAnswer => ({ outcome: 'silent', safety: null, message });

/** How long a car may take to answer, ms; a command that arrives later is refused by the car as expired. */
export const patienceMs = 2000;
/** What takes its time once it has arrived. */
const slowMs: Partial<Record<CarAction['type'], number>> = {
  stage: 310_000,
  'stage-version': 1_810_000,
  load: 15_000,
  'delete-model': 10_000,
  calibrate: 10_000,
};

export interface Sending {
  readonly car: CarId;
  readonly action: CarAction;
  readonly who: string;
  /** The car's, in which the command expires. */
  readonly clock: Pick<CarClock, 'bootId' | 'ahead'>;
  /** Which of the computers that may say that they are the car; undefined where it does not say. */
  readonly to: string | undefined;
  /** What the car is as far as is known, for what it does not answer. */
  readonly safety: SafetyState | null;
}

interface Waiting {
  readonly car: CarId;
  readonly isSlow: boolean;
  readonly end: (answer: FullAnswer) => void;
}

/** Commands on their way to cars, until each is answered or nobody answers any more. */
export class CarCommands {
  readonly #link: Pick<MqttLink, 'publish'>;
  readonly #clock: DeskClock;
  readonly #timers: Timers;
  /** Numbers the commands, so that a car refuses what was overtaken. */
  readonly #sessionId = SessionId.parse(uuidv7());
  #seq = 0;
  readonly #waiting = new Map<string, Waiting>();

  constructor({ link, clock, timers }: { link: Pick<MqttLink, 'publish'>; clock: DeskClock; timers: Timers }) {
    this.#link = link;
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Published before this returns. */
  send({ car, action, who, clock: { bootId, ahead }, to, safety }: Sending): Promise<FullAnswer> {
    const expiresAt = Math.max(0, this.#clock.now() + ahead + patienceMs * 1000) as Micros;
    const command: CarCommand = {
      commandId: uuidv7(),
      protocol: spokenProtocol,
      who,
      expires: { bootId, at: expiresAt },
      order: { sessionId: this.#sessionId, seq: this.#seq++ },
      action,
      ...(to === undefined ? {} : { to }),
    };
    const { type } = action;
    const wait = slowMs[type] ?? patienceMs;
    return new Promise((resolve) => {
      const end = (answer: FullAnswer) => {
        this.#timers.clear(timer);
        this.#waiting.delete(command.commandId);
        resolve(answer);
      };
      const timer = this.#timers.set(() => end(silent(`no answer within ${wait / 1000} s`)), wait);
      this.#waiting.set(command.commandId, { car, isSlow: wait > patienceMs, end });
      if (!this.#link.publish(topics.car(car, 'command'), command)) end(silent('no connection to the broker'));
      // A drive command is answered only when it is refused.
      else if (type === 'drive') end({ outcome: 'done', safety, message: null });
    });
  }

  answered(car: CarId, { commandId, outcome, code, message, safety, ...rest }: CarReply): void {
    const asked = this.#waiting.get(commandId);
    if (asked?.car === car) asked.end({ outcome, code, message: message ?? null, safety, ...rest });
  }

  /** What takes long is not waited for when the car has gone: it will not say any more. */
  gone(car: CarId): void {
    for (const { car: of, isSlow, end } of this.#waiting.values())
      if (isSlow && of === car) end(silent('it went away before it had done it'));
  }
}
