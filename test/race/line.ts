import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { seal, writeLog } from '@pitwall/controller/race';
import {
  type LogRecord,
  type RaceCommand,
  type RaceEventType,
  RaceReplay,
  type RaceRulesInput,
  type RunState,
} from '@pitwall/protocol/race';
import type { z } from 'zod';
import { KeepingGate, now } from '../race-faults/keeping-gate.js';
import { PatientMarshal } from '../race-faults/patient-marshal.js';
import { pitwall, type TrackDay } from './track-day.js';

/** µs. A tenth of what a hall has, so that a run is over soon; what people do takes as long as ever. */
export const tenth = 100_000;
const timing = { holdoff: tenth, plausible: { min: 3 * tenth, max: 120 * tenth } };
const reason = 'I saw it';
const run = promisify(execFile);

type Command = z.input<typeof RaceCommand>;
/** A command about the run under way, without saying which. */
type About<One = Command> = One extends { runId: string } ? Omit<One, 'runId'> : One;

export interface Where {
  readonly rules?: Partial<RaceRulesInput>;
  /** It has two gates: both at the line, or the other one at a finish apart from the start. */
  readonly other?: 'line' | 'finish';
  /** Instead of a racer's turn. */
  readonly practice?: 'one' | 'several';
}

/**
 * A race of its own with gates of its own, given by HTTP and timed over MQTT. Moments are tenths of a second after `from`; what
 * crossed in the past reaches the controller now.
 */
export class Line {
  readonly #marshalOf: (race: string) => PatientMarshal;
  #marshal: PatientMarshal;
  readonly #day: TrackDay;
  readonly #mqtt: string;
  readonly #where: Where;
  readonly #gates: readonly KeepingGate[];
  /** µs */
  #from = 0;

  /** At a broker that asks for no token. `marshal`: who opens its races and runs them. */
  constructor(day: TrackDay, row: string, where: Where, marshal = (race: string) => new PatientMarshal(day, race)) {
    this.#marshalOf = marshal;
    this.#marshal = marshal(row);
    this.#day = day;
    this.#mqtt = day.mqtt;
    this.#where = where;
    const ids = where.other === undefined ? [`${row}-1`] : [`${row}-1`, `${row}-2`];
    this.#gates = ids.map((id) => new KeepingGate(id, ''));
  }

  async begin(): Promise<void> {
    const { rules, other, practice } = this.#where;
    for (const gate of this.#gates) gate.connect(this.#mqtt);
    const [line = '', second = ''] = this.#gates.map(({ id }) => id);
    const gates = other === 'line' ? [line, second] : [line];
    const apart = other === 'finish' ? { finish: [second] } : {};
    await this.#marshal.open(gates, { ...timing, ...rules }, { ...apart, leaderboard: null });
    if (practice === undefined) await this.#marshal.start();
    else await this.give({ type: 'practice', several: practice === 'several' });
    await this.#fromTheStart();
  }

  /** Another turn. */
  async again(): Promise<void> {
    await this.#marshal.start();
    await this.#fromTheStart();
  }

  /** Goes on in the race as a version that knew one reading of crossings would have written it until now. */
  async asVersion1(): Promise<void> {
    const { race, runId } = this.#marshal;
    const old = `${race}-old`;
    const records: LogRecord[] = [];
    for (const { hash: _, previous: __, ...record } of await this.#records()) {
      const event = { ...record.event };
      if (event.type === 'created') delete event.logVersion;
      records.push(seal({ ...record, race: old as never, event }, records.at(-1)?.hash));
    }
    await this.give({ type: 'discard', reason });
    const file = join(this.#day.folder, `${old}.json`);
    await writeFile(file, writeLog(records));
    await run(process.execPath, [pitwall, 'race', 'import', file, '--data', this.#day.folder]);
    this.#marshal = this.#marshalOf(old);
    this.#marshal.runId = runId;
    // Somebody looks at it: the controller has it from here on.
    await this.run();
  }

  /** Since it began, and its car, where Pitwall drives it, has said that it goes. */
  async #fromTheStart(): Promise<void> {
    const begun = await this.latest('run-started', 'countdown-started', 'practice-started', 'car-state');
    this.#from = begun.at.at + tenth;
  }

  async end(): Promise<void> {
    for (const gate of this.#gates) await gate.disconnect();
  }

  async give(command: About): Promise<void> {
    await this.#marshal.give({ runId: this.#marshal.runId, ...command } as Command);
  }

  /** Moments are from here on tenths after the latest of these events, which is `at` itself. */
  async from(type: RaceEventType, at = 0): Promise<void> {
    this.#from = (await this.latest(type)).at.at - at * tenth;
  }

  /** The latest record of one of these events. */
  async latest(...types: RaceEventType[]): Promise<LogRecord> {
    const found = (await this.#records()).findLast(({ event }) => types.includes(event.type));
    if (found === undefined) throw new Error(`nothing was ${types.join(' or ')}`);
    return found;
  }

  /** Until that moment of the track. */
  async until(moment: number): Promise<void> {
    await wait(Math.max(0, (this.#from + moment * tenth - now()) / 1000));
  }

  /** Something crosses the line at each of these moments. Resolves when the controller has all of them. */
  async cross(...moments: number[]): Promise<void> {
    await this.through(0, ...moments);
  }

  async through(gate: 0 | 1, ...moments: number[]): Promise<void> {
    await this.until(Math.max(...moments));
    const at = this.#gates[gate] as KeepingGate;
    for (const moment of moments) at.cross(this.#at(moment));
    await at.empty();
  }

  /** Something crosses the line then, and nothing bounds how wrong its stamp is. */
  async crossUnbounded(moment: number): Promise<void> {
    await this.until(moment);
    const [gate] = this.#gates as [KeepingGate];
    gate.cross(this.#at(moment), Number.MAX_SAFE_INTEGER);
    await gate.empty();
  }

  /** The record of the crossing of that moment. */
  async seq(moment: number): Promise<number> {
    const at = this.#at(moment);
    const found = (await this.run()).crossings.find((row) => row.at.at === at);
    if (found === undefined) throw new Error(`nothing crossed at ${moment}`);
    return found.seq;
  }

  /** J; the laps by it. */
  async otherReading(moment: number): Promise<string[]> {
    await this.give({ type: 'other-reading', crossing: await this.seq(moment), reason });
    return await this.laps();
  }

  /** V and N. */
  async counts(moment: number, valid: boolean): Promise<void> {
    await this.give({ type: 'edit-lap', crossing: await this.seq(moment), valid, reason });
  }

  /** By a hand: Space, or *Add a missed one*. */
  async add(moment: number): Promise<void> {
    const { bootId } = (await this.latest('run-started')).at;
    await this.give({
      type: 'add-crossing',
      at: { bootId, at: this.#at(moment) },
      uncertainty: tenth,
      reason,
    });
  }

  async run(): Promise<RunState> {
    return (await this.#replay()).run(this.#marshal.runId) as RunState;
  }

  /** Each lap: its tenths of a second, `? why` where it is in doubt, `!` where it does not count all the same, and its marks. */
  async laps(): Promise<string[]> {
    return (await this.run()).laps.map(({ time, ended, doubt, valid, marks }) => {
      const word = time === null ? ended : String(Math.round(time / 1000) / 100);
      return [doubt === null && !valid ? `${word}!` : word, ...(doubt === null ? [] : ['?', doubt]), ...marks].join(
        ' ',
      );
    });
  }

  async uses(): Promise<string[]> {
    return (await this.run()).crossings.map(({ use }) => use);
  }

  #at(moment: number): number {
    return Math.round(this.#from + moment * tenth);
  }

  async #replay(): Promise<RaceReplay> {
    const replay = new RaceReplay();
    replay.append(await this.#records());
    return replay;
  }

  async #records(): Promise<LogRecord[]> {
    return (await this.#marshal.log(0)).records;
  }
}
