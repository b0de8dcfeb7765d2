import type { Micros, RacerId } from '@pitwall/protocol';
import { doubtsThatMatter, type Lap, type RaceRulesInput, type RunState } from '@pitwall/protocol/race';
import { scoreBy } from '@pitwall/protocol/ranking';
import { Desk } from './desk.js';
import { type Driver, drive, type Hall, randomFrom, type TrueRun } from './hall.js';

const second = 1_000_000;
const runsInRace = 20;
/** How days are judged. */
export interface Judging {
  /** The race's hold-off, µs. */
  readonly holdoff: Micros;
  /** A boundary so near to a true crossing is that, µs. */
  readonly edge: number;
}

/** By the rules: what comes within the hold-off is one passage, whichever of its edges was the car. */
export const byTheRules: Judging = { holdoff: second as Micros, edge: second };
/** By the car: its own second edge comes within 0.43 s here, and all else that breaks the beam within the hold-off is wrong. */
export const byTheCar = (holdoff: number): Judging => ({ holdoff: holdoff as Micros, edge: 0.45 * second });

/** Rules under which people race: each ranking, with a limit of time or of laps. */
const rulesOf = (pick: number, min: Micros, holdoff: Micros): Partial<RaceRulesInput> => {
  const plausible = { min, max: (120 * second) as Micros };
  const minutes = (count: number) => (count * 60 * second) as Micros;
  const all: Partial<RaceRulesInput>[] = [
    { timeLimit: minutes(3), ranking: { by: 'best-lap' } },
    { timeLimit: minutes(4), ranking: { by: 'best-lap' }, start: 'key', graceLap: false },
    { timeLimit: minutes(3), ranking: { by: 'average', laps: 3 }, qualifying: 3, start: 'key', graceLap: false },
    { timeLimit: minutes(6), lapLimit: 3, ranking: { by: 'total', laps: 3 } },
    { timeLimit: minutes(6), lapLimit: 5, ranking: { by: 'best-lap' }, start: 'key' },
  ];
  return { ...all[pick % all.length], plausible, holdoff };
};

function driverOf(track: number, random: () => number): Driver {
  const best = (track / 2.8) * second;
  const lap = (track / (0.7 + 1.9 * random())) * second;
  const kinds = [
    { spread: 0.005 + 0.025 * random(), trend: 1 },
    { spread: 0.03 + 0.07 * random(), trend: 1 },
    { spread: 0.02, trend: 0.95 + 0.04 * random() },
    { spread: 0.05, trend: 1 + 0.05 * random() },
  ];
  return { lap, best, ...(kinds[Math.floor(random() * kinds.length)] as (typeof kinds)[number]) };
}

/** What the days of a hall came to. */
export interface Tally {
  /** Laps that count. */
  laps: number;
  /** Those of them that were none, and that are not marked as two in one. */
  wrong: number;
  /** Those of these on which the result stands. */
  decisive: number;
  runs: number;
  /**
   * Runs in which all that was asked was needless: every lap asked about was a true one, and no true crossing was lost with it. A question
   * about a lap that was none is needed also where the answer is what stands without one: until somebody says so, a true lap is lost.
   */
  needless: number;
  needed: number;
  /** The decisive ones by what the gate had done, and the needless ones by what was asked. */
  readonly causes: Map<string, number>;
  readonly examples: string[];
}

/** The days of the races of these seeds, of which the truth is known. */
export function raceDays(
  seeds: { readonly from: number; readonly to: number },
  hall: Hall,
  judging: Judging = byTheRules,
): Tally {
  const tally: Tally = {
    laps: 0,
    wrong: 0,
    decisive: 0,
    runs: 0,
    needless: 0,
    needed: 0,
    causes: new Map(),
    examples: [],
  };
  for (let seed = seeds.from; seed <= seeds.to; seed += 1) raceDay(seed, hall, judging, tally);
  return tally;
}

function raceDay(seed: number, hall: Hall, judging: Judging, tally: Tally): void {
  const random = randomFrom(seed);
  const track = 16 + 40 * random();
  // No car of this class drives faster than 4 m/s.
  const min = Math.round(((0.9 * track) / 4) * second) as Micros;
  const racers = Array.from({ length: runsInRace }, (_, index) => `racer-${index}` as RacerId);
  const desk = new Desk(rulesOf(seed, min, judging.holdoff), racers);
  let at = second;
  for (const racer of racers) {
    const truth = drive(driverOf(track, random), hall, at, 200 * second, random);
    const runId = desk.time(racer, at, truth);
    at = (truth.happenings.at(-1)?.at ?? at) + 10 * second;
    new Judgement({ desk, runId, truth, edge: judging.edge }, `race ${seed} ${racer}`).countIn(tally);
    desk.give({ type: 'confirm', runId, withoutDoubtful: true }, at);
    at += second;
  }
}

/** One run at the desk beside what truly happened. */
class Judgement {
  readonly #desk: Desk;
  readonly #run: RunState;
  readonly #truth: TrueRun;
  readonly #name: string;
  readonly #edge: number;
  readonly #at: Map<number, number>;

  constructor({ desk, runId, truth, edge }: { desk: Desk; runId: string; truth: TrueRun; edge: number }, name: string) {
    this.#edge = edge;
    this.#desk = desk;
    this.#run = desk.run(runId);
    this.#truth = truth;
    this.#name = name;
    this.#at = new Map(this.#run.crossings.map((row) => [row.seq, row.at.at as number]));
  }

  countIn(tally: Tally): void {
    tally.runs += 1;
    for (const lap of this.#run.laps) {
      if (!lap.valid) continue;
      tally.laps += 1;
      if (this.#isTrueLap(lap) || lap.marks.includes('missed-crossing')) continue;
      tally.wrong += 1;
      if (!this.#isDecisive(lap)) continue;
      tally.decisive += 1;
      this.#note(tally, `WRONG ${this.#causeOf(lap)}`, `lap ${lap.lap}`);
    }
    this.#countQuestions(tally);
  }

  #countQuestions(tally: Tally): void {
    const asked = doubtsThatMatter(this.#desk.replay, this.#run.runId);
    if (asked.length === 0) return;
    const isNeedless = asked.every(({ crossing }) => {
      const lap = this.#run.laps.find((one) => one.crossing === crossing) as Lap;
      // The lap before it that was lost is asked about with it.
      const lost = lap.other.some(({ crossing: other, as }) => as === 'boundary' && this.#isTrueCrossing(other));
      return this.#isTrueLap(lap) && !(lap.doubt === 'opening' && lost);
    });
    const kinds = [...new Set(asked.map(({ doubt }) => doubt))].sort().join(', ');
    if (isNeedless) {
      tally.needless += 1;
      this.#note(tally, `NEEDLESS ${kinds}`, asked.map(({ lap }) => lap).join(', '));
    } else {
      tally.needed += 1;
      this.#note(tally, `needed ${kinds}`, asked.map(({ lap }) => lap).join(', '));
    }
  }

  /** Whether it lasted from one true crossing to the next. */
  #isTrueLap(lap: Lap): boolean {
    const [from, to] = this.#endsOf(lap);
    if (from === undefined || to === undefined) return false;
    const { crossings } = this.#truth;
    const begin = crossings.findIndex((at) => Math.abs(at - from) <= this.#edge);
    const end = crossings[begin + 1];
    return begin !== -1 && end !== undefined && Math.abs(end - to) <= this.#edge;
  }

  #endsOf(lap: Lap): [number | undefined, number | undefined] {
    const at = (seq: number | null) => (seq === null ? undefined : this.#at.get(seq));
    return [at(lap.opening), at(lap.crossing)];
  }

  #isTrueCrossing(seq: number): boolean {
    return this.#truth.crossings.some((one) => Math.abs(one - (this.#at.get(seq) ?? 0)) <= this.#edge);
  }

  #isDecisive(lap: Lap): boolean {
    const without = this.#run.laps.map((one) => (one === lap ? { ...one, valid: false } : one));
    const worth = scoreBy(without, this.#desk.replay.setup.rules, ({ time }) => time ?? 0);
    return (worth?.score ?? null) !== this.#run.score;
  }

  #causeOf(lap: Lap): string {
    const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = this.#endsOf(lap);
    const causeAt = (at: number) =>
      this.#truth.happenings.find((one) => one.what === 'crossing' && one.at === at) as { cause: string } | undefined;
    // Of two laps that share a false boundary, either may hide the crossing that nobody saw.
    const around = this.#truth.crossings.filter((at) => at <= from).at(-1) ?? from;
    const behind = this.#truth.crossings.find((at) => at >= to) ?? to;
    const missed = this.#truth.missed.filter((at) => at >= around - this.#edge && at <= behind + this.#edge).length;
    return `${causeAt(from)?.cause ?? 'nothing'} to ${causeAt(to)?.cause ?? 'nothing'}, ${missed} missed`;
  }

  #note({ causes, examples }: Tally, cause: string, what: string): void {
    causes.set(cause, (causes.get(cause) ?? 0) + 1);
    const start = this.#run.crossings[0]?.at.at ?? 0;
    const seconds = (at: number) => (at / second).toFixed(1);
    const laps = this.#run.laps.map(
      ({ time, valid, doubt, resets, marks }) =>
        `${seconds(time ?? 0)}${valid ? '' : `!${doubt ?? ''}`}${resets > 0 ? 'R' : ''}${marks.includes('paused') ? 'P' : ''}`,
    );
    const uses = this.#run.crossings.map(({ at: { at }, use }) => `${seconds(at - start)}:${use}`);
    const truth = this.#truth.crossings.map((at) => seconds(at - start));
    examples.push(`${cause} | ${this.#name} ${what} of [${laps.join(' ')}] ${uses.join(' ')} true ${truth.join(' ')}`);
  }
}
