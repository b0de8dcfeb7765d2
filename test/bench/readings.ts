import type { Micros, RacerId } from '@pitwall/protocol';
import { doubtsThatMatter, type Lap, type RaceRulesInput } from '@pitwall/protocol/race';
import { scoreBy } from '@pitwall/protocol/ranking';
import { Desk } from './readings/desk.js';
import { crowdedHall, type Driver, drive, randomFrom, type TrueRun } from './readings/hall.js';
import type { Report } from './report.js';

const second = 1_000_000;
const races = Number(process.env.PITWALL_READINGS_RACES ?? 4000);
const runsInRace = 20;
/** What comes within the hold-off is one passage by the rules, whichever of its edges was the car. */
const edge = second;

/** Rules under which people race: each ranking, with a limit of time or of laps. */
const rulesOf = (pick: number, min: Micros): Partial<RaceRulesInput> => {
  const plausible = { min, max: (120 * second) as Micros };
  const minutes = (count: number) => (count * 60 * second) as Micros;
  const all: Partial<RaceRulesInput>[] = [
    { timeLimit: minutes(3), ranking: { by: 'best-lap' } },
    { timeLimit: minutes(4), ranking: { by: 'best-lap' }, start: 'key', graceLap: false },
    { timeLimit: minutes(3), ranking: { by: 'average', laps: 3 }, qualifying: 3, start: 'key', graceLap: false },
    { timeLimit: minutes(6), lapLimit: 3, ranking: { by: 'total', laps: 3 } },
    { timeLimit: minutes(6), lapLimit: 5, ranking: { by: 'best-lap' }, start: 'key' },
  ];
  return { ...all[pick % all.length], plausible };
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

/** Whether a lap lasted from one true crossing to the next. */
function isTrueLap(lap: Lap, { crossings }: TrueRun, atOf: (seq: number) => number | undefined): boolean {
  const from = lap.opening === null ? undefined : atOf(lap.opening);
  const to = lap.crossing === null ? undefined : atOf(lap.crossing);
  if (from === undefined || to === undefined) return false;
  const begin = crossings.findIndex((at) => Math.abs(at - from) <= edge);
  const end = crossings[begin + 1];
  return begin !== -1 && end !== undefined && Math.abs(end - to) <= edge;
}

interface Tally {
  laps: number;
  wrong: number;
  /** Those on which the result stands. */
  decisive: number;
  runs: number;
  needless: number;
  needed: number;
  lost: number;
  readonly examples: string[];
}

/** The reading of crossings against race days of which the truth is known. */
export async function run(report: Report): Promise<void> {
  const tally: Tally = { laps: 0, wrong: 0, decisive: 0, runs: 0, needless: 0, needed: 0, lost: 0, examples: [] };
  for (let race = 1; race <= races; race += 1) raceDay(race, tally);
  const { laps, wrong, decisive, runs, needless, needed } = tally;
  if (process.env.PITWALL_READINGS_EXAMPLES !== undefined) for (const line of tally.examples) console.log(line);
  report({
    figure: `laps of ${laps} on which a result stands, which are wrong, and about which nobody was asked (${wrong} wrong ones count in all)`,
    value: (decisive / laps) * 100_000,
    unit: 'in 100,000',
    bar: '≤ 1',
    ok: decisive / laps <= 1 / 100_000,
  });
  report({
    figure: `runs with a needless question, of ${runs} (${needed} runs with a needed one)`,
    value: (needless / runs) * 30,
    unit: 'in 30 runs',
    bar: '≤ 1',
    ok: needless / runs <= 1 / 30,
  });
}

function raceDay(seed: number, tally: Tally): void {
  const random = randomFrom(seed);
  const track = 16 + 40 * random();
  // No car of this class drives faster than 4 m/s.
  const min = Math.round(((0.9 * track) / 4) * second) as Micros;
  const racers = Array.from({ length: runsInRace }, (_, index) => `racer-${index}` as RacerId);
  const desk = new Desk(rulesOf(seed, min), racers);
  let at = second;
  for (const racer of racers) {
    const truth = drive(driverOf(track, random), crowdedHall, at, 200 * second, random);
    const runId = desk.time(racer, at, truth);
    at = (truth.happenings.at(-1)?.at ?? at) + 10 * second;
    judge(desk, runId, truth, tally, `race ${seed} ${racer}`);
    desk.give({ type: 'confirm', runId, withoutDoubtful: true }, at);
    at += second;
  }
}

function judge(desk: Desk, runId: string, truth: TrueRun, tally: Tally, name: string): void {
  const run = desk.run(runId);
  const at = new Map(run.crossings.map((row) => [row.seq, row.at.at as number]));
  const atOf = (seq: number) => at.get(seq);
  tally.runs += 1;
  for (const lap of run.laps) {
    if (!lap.valid) continue;
    tally.laps += 1;
    if (isTrueLap(lap, truth, atOf) || lap.marks.includes('missed-crossing')) continue;
    tally.wrong += 1;
    const without = scoreBy(
      run.laps.map((one) => (one === lap ? { ...one, valid: false } : one)),
      desk.replay.setup.rules,
      ({ time }) => time ?? 0,
    );
    if ((without?.score ?? null) === run.score) continue;
    tally.decisive += 1;
    const uses = run.crossings.map(
      (row) => `${((row.at.at - (run.crossings[0]?.at.at ?? 0)) / second).toFixed(1)}:${row.use}`,
    );
    const laps = run.laps.map(
      (one) =>
        `${((one.time ?? 0) / second).toFixed(1)}${one.valid ? '' : `!${one.doubt ?? ''}`}${one.resets > 0 ? 'R' : ''}${one.marks.includes('paused') ? 'P' : ''}`,
    );
    tally.examples.push(
      `WRONG ${name} lap ${lap.lap} of [${laps.join(' ')}] ${uses.join(' ')} true ${truth.crossings.map((one) => ((one - (run.crossings[0]?.at.at ?? 0)) / second).toFixed(1)).join(' ')}`,
    );
  }
  const asked = doubtsThatMatter(desk.replay, runId);
  const isTrueCrossing = (seq: number) => truth.crossings.some((one) => Math.abs(one - (atOf(seq) ?? 0)) <= edge);
  const needless = asked.filter(({ crossing }) => {
    const lap = run.laps.find((one) => one.crossing === crossing) as Lap;
    // The lap before it that was lost is asked about with it.
    const lost = lap.other.some(({ crossing: other, as }) => as === 'boundary' && isTrueCrossing(other));
    return isTrueLap(lap, truth, atOf) && !(lap.doubt === 'opening' && lost);
  });
  // Confirming asks once about all of them.
  if (asked.length > 0 && needless.length === asked.length) {
    tally.needless += 1;
    const laps = run.laps.map(
      (one) =>
        `${((one.time ?? 0) / second).toFixed(1)}${one.valid ? '' : `!${one.doubt ?? ''}`}${one.resets > 0 ? 'R' : ''}`,
    );
    tally.examples.push(
      `NEEDLESS ${name} ${needless.map(({ lap, doubt }) => `${lap} ${doubt}`).join(', ')} of [${laps.join(' ')}]`,
    );
  } else if (asked.length > 0) tally.needed += 1;
}
