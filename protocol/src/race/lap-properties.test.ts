import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runId, seconds, sight, TestRace } from '../../testing/test-race.js';
import type { GateId, Micros } from '../brand.js';
import { goingOf, type RaceCommand, startsCar } from './index.js';
import type { RunState } from './state.js';

/** `npm run soak -- laps` tries more. */
const numRuns = Number(process.env.PITWALL_SEQUENCES ?? 2000);

const id = runId(1);
const gates = ['line', 'line-2', 'line-3'] as GateId[];
/** The gates' clocks have nothing in common. */
const offsets = [3, -20, 1000].map((offset) => offset * 1_000_003);
/** More than the clocks of two gates leave open between them, each ± 120 µs. */
const clocksOpen = 250;
const holdoffs = [0, 1, 300_000, 1_000_000, 2_999_999] as Micros[];

/** What may happen between two passages, as parts of the time between them. */
type Happening =
  | { readonly what: 'pause'; readonly from: number; readonly to: number }
  | { readonly what: 'reset' | 'did-not-finish' | 'technical-stop'; readonly from: number; readonly to: number };

interface Passing {
  /** µs since the one before. */
  readonly wait: number;
  /** Which of the gates see it. */
  readonly seen: readonly number[];
  /** Further edges, as parts of the hold-off. */
  readonly edges: readonly number[];
  /** Controller µs for one of the gate's, as the alignment knows it then: parts in a million more than 1. */
  readonly rate: number;
  readonly between: Happening | null;
}

const part = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
/** Never all of the time: by the gate's clock that may be less than by the controller's. */
const happening = fc
  .record({
    what: fc.constantFrom('pause' as const, 'reset' as const, 'did-not-finish' as const, 'technical-stop' as const),
    a: part,
    b: part,
  })
  .map(({ what, a, b }): Happening => ({ what, from: 0.99 * Math.min(a, b), to: 0.99 * Math.max(a, b) }));

const passing: fc.Arbitrary<Passing> = fc.record({
  wait: fc.oneof(fc.integer({ min: 1, max: 20_000_000 }), fc.integer({ min: 2_990_000, max: 3_010_000 })),
  seen: fc.constantFrom([0], [0, 1], [1, 0], [0, 1, 2], [1], [2, 0]),
  edges: fc.array(part, { maxLength: 2 }),
  rate: fc.integer({ min: -500, max: 500 }),
  between: fc.option(happening, { freq: 4 }),
});

const drive = fc.record({
  passings: fc.array(passing, { minLength: 2, maxLength: 7 }),
  holdoff: fc.constantFrom(...holdoffs),
  /** One gate whose clock is corrected by another rate each time; or several, each as good as the controller's. */
  oneGate: fc.boolean(),
  start: fc.constantFrom('key' as const, 'rolling' as const),
  startLine: fc.boolean(),
});
type Drive = typeof drive extends fc.Arbitrary<infer Value> ? Value : never;

/** Where the clock stood, in the controller's µs. */
interface Pause {
  readonly from: number;
  readonly to: number;
}

/** A crossing in the controller's clock, and in its gate's with the rate that was known then. */
interface Seen {
  readonly seq: number;
  readonly at: number;
  readonly ticks: number;
  readonly rate: number;
}

class Driven {
  readonly race: TestRace;
  readonly pauses: Pause[] = [];
  /** By the record. */
  readonly seen = new Map<number, Seen>();
  readonly #numbers = [0, 0, 0];

  constructor(how: Drive, withEdges = true) {
    const { holdoff, start, startLine } = how;
    this.race = TestRace.open(
      {
        timeLimit: null,
        holdoff,
        start,
        plausible: { min: seconds(3), max: seconds(900) },
        resets: { perLap: null, where: startLine ? 'start-line' : 'in-place' },
      },
      { gates, car: 'any' },
    );
    this.race.start();
    for (const passing of how.passings) this.#pass(passing, how, withEdges);
  }

  get run(): RunState {
    return this.race.run();
  }

  #pass({ wait, seen, edges, rate, between }: Passing, { holdoff, oneGate }: Drive, withEdges: boolean): void {
    const from = this.race.now;
    // Several gates see one passage after another: one that saw only the end of a passage, or what their clocks cannot tell from
    // it, would say something else.
    const until = from + (oneGate ? wait : wait + 3 * holdoff + clocksOpen);
    if (between !== null) this.#happen(between, from, until - from);
    this.race.now = until as Micros;
    const at: number = this.race.now;
    const through = oneGate ? [0] : seen;
    for (const gate of through) this.cross(gate, at, oneGate ? rate : 0);
    if (!withEdges) return;
    let edge = at;
    for (const share of edges) {
      edge += Math.floor(share * holdoff);
      this.race.now = edge as Micros;
      this.cross(through[0] as number, edge, oneGate ? rate : 0);
    }
    this.race.now = at as Micros;
  }

  #happen({ what, from: first, to: last }: Happening, start: number, wait: number): void {
    const from = start + Math.floor(first * wait);
    const to = start + Math.floor(last * wait);
    this.race.now = from as Micros;
    if (this.run.phase !== 'running') return;
    if (what === 'reset') {
      this.race.give({ type: 'incident', runId: id, kind: 'reset' });
      return;
    }
    this.race.give(
      what === 'technical-stop' ? { type: what, runId: id, reason: 'battery' } : { type: what, runId: id },
    );
    this.race.now = to as Micros;
    this.race.give({ type: 'resume', runId: id });
    this.pauses.push({ from, to });
  }

  /** @returns the record. */
  cross(gate: number, at: number, millionths: number): number {
    const ticks = at + (offsets[gate] as number);
    const rate = 1 + millionths / 1e6;
    const seen = this.race.crossing(at, gates[gate]);
    const seq = this.race.write({
      ...seen,
      crossing: { ...seen.crossing, at: ticks as Micros, seq: (this.#numbers[gate] as number)++ },
      epoch: `clock-${gate}`,
      rate: { value: rate, bound: 0 },
    });
    this.seen.set(seq, { seq, at, ticks, rate });
    return seq;
  }

  /** µs of pauses between two moments of the controller. */
  paused(from: number, to: number): number {
    return this.pauses.reduce((sum, one) => sum + Math.max(0, Math.min(one.to, to) - Math.max(one.from, from)), 0);
  }
}

/** The crossings that begin or end a lap, in their order. */
const boundaries = ({ crossings }: RunState) => crossings.filter(({ use }) => use === 'opens' || use === 'closes');

describe('any crossings, any gates, any hold-off', () => {
  it('laps, the pauses in them, and what was given up add up to the time from the first boundary to the last', () => {
    let laps = 0;
    fc.assert(
      fc.property(drive, (how) => {
        const driven = new Driven(how);
        const { run } = driven;
        let sum = 0;
        let position = 0;
        let from: Seen | undefined;
        for (const to of boundaries(run).map(({ seq }) => driven.seen.get(seq)!)) {
          if (from === undefined) {
            from = to;
            continue;
          }
          const before = position;
          position += how.oneGate ? (to.ticks - from.ticks) * to.rate : to.at - from.at;
          const { seq: opening, at } = from;
          const lap = run.laps.find((one) => one.crossing === to.seq && one.opening === opening);
          if (lap !== undefined) {
            laps += 1;
            sum += (lap.measured as number) + driven.paused(at, to.at);
          } else {
            // Nothing lies between two boundaries but a lap, or one that was given up.
            expect(run.laps.some((one) => one.opening === opening && one.crossing === null)).toBe(true);
            sum += Math.round(position) - Math.round(before);
          }
          from = to;
        }
        expect(sum).toBe(Math.round(position));
      }),
      { numRuns },
    );
    expect(laps).toBeGreaterThan(numRuns);
  });

  it('another edge within the hold-off changes no lap', () => {
    let added = 0;
    fc.assert(
      fc.property(drive, fc.nat(), part, (how, pick, share) => {
        const driven = new Driven(how, false);
        const before = driven.run.laps;
        const index = pick % how.passings.length;
        const seqs = [...driven.seen.keys()];
        const own = driven.run.crossings.filter(({ seq }) => seqs.includes(seq));
        const row = own[pick % own.length]!;
        // Before the start and in a pause it is over with that: the car may drive off from there.
        if (row.use === 'before-start' || row.use === 'while-paused') return;
        const { at } = driven.seen.get(row.seq)!;
        // By the gate's clock, whose rate is not exactly the controller's.
        const edge = at + Math.floor(share * how.holdoff * 0.999);
        const next = own.map(({ at: { at: other } }) => other).filter((other) => other > at);
        // The next crossing is another passage, before and after.
        if (Math.min(Infinity, ...next) - edge <= how.holdoff * 1.001) return;
        added += 1;
        const passing = how.passings[index]!;
        const gate = gates.indexOf(row.gate!);
        driven.cross(gate, edge, how.oneGate ? passing.rate : 0);
        expect(driven.run.laps).toEqual(before);
      }),
      { numRuns },
    );
    expect(added).toBeGreaterThan(numRuns / 4);
  });

  it('ignoring a crossing, and undoing that, is the identity', () => {
    fc.assert(
      fc.property(drive, fc.nat(), (how, pick) => {
        const driven = new Driven(how);
        const { race } = driven;
        const before = sight(race.replay);
        const seqs = [...driven.seen.keys()];
        const ignored = race.give({ type: 'ignore-crossing', crossing: seqs[pick % seqs.length]!, reason: 'a hand' });
        race.give({ type: 'undo', target: ignored });
        expect(sight(race.replay)).toEqual(before);
      }),
      { numRuns },
    );
  });
});

describe('a car', () => {
  type Step = { readonly wait: number; readonly late: number; readonly command: number; readonly target: number };
  const steps = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 12_000_000 }),
      late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 15_000_000 })),
      command: fc.nat(40),
      target: fc.nat(1000),
    }),
    { minLength: 4, maxLength: 14 },
  );

  function commandOf(race: TestRace, { command, target }: Step): RaceCommand | undefined {
    const crossings = race.replay.records.filter(({ event }) => event.type === 'crossing').map(({ seq }) => seq);
    const crossing = crossings[target % Math.max(1, crossings.length)] ?? 1;
    const reason = 'because';
    const about: RaceCommand[] = [
      { type: 'pause', runId: id },
      { type: 'red-flag', runId: id },
      { type: 'finish', runId: id },
      { type: 'technical-stop', runId: id, reason },
      { type: 'did-not-finish', runId: id },
      { type: 'resume', runId: id },
      { type: 'start', runId: id },
      { type: 'ignore-crossing', crossing, reason },
      { type: 'other-reading', crossing, reason },
      { type: 'edit-lap', runId: id, crossing, valid: target % 2 === 0, reason },
      { type: 'add-time', runId: id, time: seconds(10), reason },
      { type: 'confirm', runId: id, withoutDoubtful: true },
      { type: 'reopen', runId: id, reason },
      { type: 'undo', target: race.replay.seq },
      { type: 'undo', target: (target % race.replay.seq) + 1 },
      { type: 'undo', target: Math.max(1, race.replay.seq - (target % 5)) },
    ];
    return about[command];
  }

  it('goes only after a start, its countdown, or a resume', () => {
    let held = 0;
    const rules = fc.record({
      start: fc.constantFrom('key' as const, 'rolling' as const, 'countdown' as const),
      lapLimit: fc.constantFrom(null, 2),
      timeLimit: fc.constantFrom(null, seconds(30)),
      graceLap: fc.boolean(),
    });
    fc.assert(
      fc.property(rules, steps, (over, all) => {
        const race = TestRace.open({ ...over, countdown: seconds(5) }, { car: 'agent' });
        race.start();
        const check = (act: () => void) => {
          const before = goingOf(race.replay);
          const from = race.replay.seq;
          act();
          const after = goingOf(race.replay);
          const events = race.replay.records.slice(from).map(({ event }) => event);
          held += events.filter((event) => event.type === 'paused' && event.by === 'correction').length;
          if (after.goes && !(before.goes && before.runId === after.runId)) expect(events.some(startsCar)).toBe(true);
        };
        for (const step of all) {
          check(() => race.pass(step.wait / 1e6));
          const at = Math.max(seconds(100), race.now - step.late);
          check(() => race.record(race.crossing(at)));
          const command = commandOf(race, step);
          if (command === undefined) continue;
          check(() => {
            try {
              race.give(command);
            } catch (error) {
              expect(error).toMatchObject({ code: 'race-refused' });
            }
          });
        }
      }),
      { numRuns },
    );
    expect(held).toBeGreaterThan(numRuns / 50);
  });
});
