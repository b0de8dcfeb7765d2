import { isPitwallError, PitwallError, type RaceId } from '@pitwall/protocol';
import { deskAccount } from '../log/loaded-race.js';
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
    for (const { race, phase } of await this.#desk.list())
      if (phase === 'draft' || phase === 'open') await unlessRefused(this.#leave(race, racer));
    await this.#desk.eraseNames(racer);
  }

  async #leave(race: RaceId, racer: string): Promise<void> {
    const { entries, queue, runs } = await this.#desk.state(race);
    const entry = entries.find((one) => one.racer === racer);
    if (entry === undefined) return;
    const reason = 'the account was deleted';
    if (!runs.some((run) => run.racer === racer))
      await giveInAnyCase(this.#desk, race, { type: 'withdraw-entry', racer: entry.racer, reason }, deskAccount);
    else if (queue.some((one) => one.racer === racer))
      await giveInAnyCase(this.#desk, race, { type: 'unqueue', racer: entry.racer }, deskAccount);
  }
}

/** A race that does not let go of an entry keeps it under the neutral name; a damaged one is reported where it is read. */
async function unlessRefused(leaving: Promise<void>): Promise<void> {
  try {
    await leaving;
  } catch (error) {
    if (!isPitwallError(error) || (error.code !== 'race-refused' && error.code !== 'log-invalid')) throw error;
  }
}
