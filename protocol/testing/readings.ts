import type { GateId, Micros } from '../src/brand.js';
import type { RaceSetup } from '../src/race/events.js';
import type { RaceCommand } from '../src/race/index.js';
import { handGate } from '../src/race/reading/passage.js';
import type { RaceRulesInput } from '../src/race/rules.js';
import type { CrossingUse, RunState } from '../src/race/state.js';
import { car, gate, model, runId, seconds, TestRace } from './test-race.js';

const id = runId(1);

/** A command about the run under way, without saying which. */
type About<Command = RaceCommand> = Command extends { runId: string } ? Omit<Command, 'runId'> : Command;

/** A run as it happens on a track: moments are seconds after the start, in their order; a crossing is named by its moment. */
export class Track {
  readonly race: TestRace;
  readonly #from: number;
  readonly #seqs = new Map<number, number>();

  constructor(rules: Partial<RaceRulesInput> = {}, setup: Partial<RaceSetup> = {}) {
    this.race = TestRace.open({ timeLimit: null, ...rules }, setup);
    this.race.start();
    this.#from = this.race.now;
  }

  get run(): RunState {
    return this.race.run();
  }

  /** Until then nothing happens but what falls due. */
  until(second: number): this {
    const to = this.#from + seconds(second);
    if (to > this.race.now) this.race.pass((to - this.race.now) / 1e6);
    return this;
  }

  /** Something crosses the line at each of these moments. */
  cross(...moments: number[]): this {
    for (const second of moments) this.through(gate, second);
    return this;
  }

  through(at: GateId, second: number): this {
    this.until(second);
    return this.#write(second, this.race.crossing(this.race.now, at));
  }

  /** Through a gate that is hardly heard: where that is in the controller's clock is known to ± so many seconds only, and it is so far off. */
  hardlyHeard(at: GateId, second: number, { off, bound }: { off: number; bound: number }): this {
    this.until(second);
    const seen = this.race.crossing(this.race.now, at);
    const controllerAt = (seen.controllerAt + seconds(off)) as Micros;
    return this.#write(second, { ...seen, controllerAt, controllerBound: seconds(bound) });
  }

  /** The marshal's key: its gate has a clock of its own, and a person's slowness. */
  space(second: number): this {
    this.until(second);
    const seen = this.race.crossing(this.race.now, handGate as GateId);
    const crossing = { ...seen.crossing, bootId: 'page' as never, uncertainty: seconds(0.1) };
    return this.#write(second, { ...seen, crossing, epoch: 'page' });
  }

  /** A crossing that its gate sends only now. */
  late(second: number): this {
    return this.#write(second, this.race.crossing(this.#from + seconds(second)));
  }

  #write(second: number, crossing: ReturnType<TestRace['crossing']>): this {
    this.#seqs.set(second, this.race.write(crossing));
    return this;
  }

  /** The record of the crossing of that moment. */
  seq(second: number): number {
    const seq = this.#seqs.get(second);
    if (seq === undefined) throw new Error(`nothing crossed at ${second}`);
    return seq;
  }

  give(command: About): this {
    this.race.give({ runId: id, ...command } as RaceCommand);
    return this;
  }

  /** J. */
  otherReading(second: number): this {
    return this.give({ type: 'other-reading', crossing: this.seq(second), reason: 'I saw it' });
  }

  /** V and N. */
  counts(second: number, valid: boolean): this {
    return this.give({ type: 'edit-lap', crossing: this.seq(second), valid, reason: 'I saw it' });
  }

  /** I. */
  ignore(second: number): this {
    return this.give({ type: 'ignore-crossing', crossing: this.seq(second), reason: 'a hand' });
  }

  /** *Add a missed one*, half a second sure. */
  add(second: number): this {
    const at = { bootId: this.race.bootId, at: (this.#from + seconds(second)) as Micros };
    return this.give({ type: 'add-crossing', at, uncertainty: seconds(0.5), reason: 'I saw it' });
  }

  /** What the car itself says. */
  carDrives(driving: boolean): this {
    const at = { bootId: this.race.bootId, at: this.race.now };
    this.race.write({ type: 'car-state', runId: id, car, driving, safety: null, reason: null, at });
    return this;
  }

  /** Each lap: its seconds or what gave it up, `? why` where it is in doubt, `!` where it does not count all the same, and its marks. */
  get laps(): string[] {
    return this.run.laps.map(({ time, ended, doubt, valid, marks }) => {
      const what = time === null ? ended : String(time / 1e6);
      const doubtful = doubt === null ? '' : ` ? ${doubt}`;
      const counts = valid || doubt !== null || time === null ? '' : '!';
      return `${what}${counts}${doubtful}${marks.map((mark) => ` ${mark}`).join('')}`;
    });
  }

  /** ± of each lap, s. */
  get uncertainties(): number[] {
    return this.run.laps.map(({ uncertainty }) => uncertainty / 1e6);
  }

  get uses(): CrossingUse[] {
    return this.run.crossings.map(({ use }) => use);
  }

  get best(): number | null {
    return this.run.bestLap === null ? null : this.run.bestLap / 1e6;
  }

  /** Where the run ended, in seconds after the start; null: it goes on. */
  get overAt(): number | null {
    return this.run.phase === 'over' ? (this.race.replay.stoodSince(id)!.at - this.#from) / 1e6 : null;
  }
}

/** Cars that Pitwall drives. */
export const agent = { car: 'agent' as const };
export { car, gate, id, model, seconds };

/** The first column of the table under a heading of a page, without its quotes, and the rest of each row. */
export function tableOf(text: string, heading: string): Map<string, string[]> {
  const [, section = ''] = text.split(`\n### ${heading}\n`);
  const [own = ''] = section.split(/\n##+ /);
  const rows = own.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.map((row) => {
      const [name = '', ...cells] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [name.replaceAll('`', ''), cells];
    }),
  );
}
