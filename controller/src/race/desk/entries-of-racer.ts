import { PitwallError } from '@pitwall/protocol';
import type { RaceDesk } from './desk.js';
import { giveInAnyCase } from './give.js';

/** What race logs keep of who has entered: for the racer, and to be taken away. */
export class RaceEntriesOfRacer {
  readonly name = 'raceEntries';
  readonly #desk: Pick<RaceDesk, 'list' | 'state' | 'command' | 'hasTrack' | 'entriesOf' | 'eraseNames'>;

  constructor(desk: Pick<RaceDesk, 'list' | 'state' | 'command' | 'hasTrack' | 'entriesOf' | 'eraseNames'>) {
    this.#desk = desk;
  }

  async kept(racer: string) {
    return (await this.#desk.entriesOf(racer)).map(({ race, seq, epoch, event }) => ({
      race,
      record: seq,
      at: epoch,
      entry: event.type === 'entered' ? event.entry : null,
    }));
  }

  /** @throws PitwallError `erasure-refused` */
  async demandErasable(racer: string): Promise<void> {
    if (this.#desk.hasTrack(racer))
      throw new PitwallError('erasure-refused', 'This racer has the track: confirm or discard the run first.');
  }

  /** Who has not driven yet is out of the race; who has stays in it under the neutral name, and is called no more. */
  async erase(racer: string): Promise<void> {
    for (const { race, phase } of await this.#desk.list()) {
      if (phase !== 'draft' && phase !== 'open') continue;
      const { entries, queue, runs } = await this.#desk.state(race);
      const entry = entries.find((one) => one.racer === racer);
      if (entry === undefined) continue;
      const reason = 'the account was deleted';
      if (!runs.some((run) => run.racer === racer))
        await giveInAnyCase(this.#desk, race, { type: 'withdraw-entry', racer: entry.racer, reason }, 'desk');
      else if (queue.some((one) => one.racer === racer))
        await giveInAnyCase(this.#desk, race, { type: 'unqueue', racer: entry.racer }, 'desk');
    }
    await this.#desk.eraseNames(racer);
  }
}
