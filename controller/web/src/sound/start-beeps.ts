import type { Stamp } from '@pitwall/protocol/race';

/** How long before it is due a beep is handed to the device, µs: late enough for a start that is called off, early enough for its clock. */
export const ahead = 300_000;
/** The beeps of a countdown, µs before the start: three short ones, and a long one. */
const beeps = [3_000_000, 2_000_000, 1_000_000, 0] as const;

export interface StartBeep {
  /** In the controller's clock, µs: the same on each device, so that all are heard as one. */
  readonly at: number;
  readonly tone: 'ready' | 'go';
}

/** Which beeps of a countdown to hand over now; each once. */
export class StartBeeps {
  #of: string | null = null;
  #handed = 0;

  /**
   * @param countdown when it ends; null: there is none (any more): what was handed over must not sound
   * @param next how long after `now` this is asked again, µs
   */
  due(
    countdown: Stamp | null,
    now: Stamp | null,
    next: number,
  ): { readonly beeps: StartBeep[]; readonly calledOff: boolean } {
    const of = countdown === null ? null : `${countdown.bootId} ${countdown.at}`;
    const calledOff = this.#of !== null && this.#of !== of;
    if (of !== this.#of) {
      this.#of = of;
      this.#handed = 0;
    }
    if (countdown === null || now === null || now.bootId !== countdown.bootId) return { beeps: [], calledOff };
    const due: StartBeep[] = [];
    for (; this.#handed < beeps.length; this.#handed += 1) {
      const at = countdown.at - (beeps[this.#handed] as number);
      if (at > now.at + ahead + next) break;
      // A page that comes late leaves out what is over.
      if (at >= now.at) due.push({ at, tone: this.#handed === beeps.length - 1 ? 'go' : 'ready' });
    }
    return { beeps: due, calledOff };
  }
}
