import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anna,
  ben,
  car,
  otherCar,
  otherModel,
  runId,
  seconds,
  sight,
  simulated,
  TestRace,
} from '../../testing/test-race.js';
import type { BootId, Micros } from '../brand.js';
import type { PitwallError } from '../errors.js';
import type { RaceCommand } from './commands.js';
import { holdsTrack } from './refuse.js';
import { RaceReplay, reduce } from './replay.js';
import type { RaceRulesInput } from './rules.js';

/** One thing that happens at the track. */
type Step =
  | { readonly do: 'cross' }
  | { readonly do: 'hold' }
  | { readonly do: 'release' }
  | { readonly do: 'reboot' }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'command'; readonly pick: number; readonly target: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'cross' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'hold' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'release' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reboot' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      seconds: fc.double({ min: 0.001, max: 20, noNaN: true }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('command' as const), pick: fc.nat(1000), target: fc.nat(1000) }),
  },
);

const rules: fc.Arbitrary<Partial<RaceRulesInput>> = fc.record({
  start: fc.constantFrom('key', 'rolling', 'countdown'),
  firstLap: fc.constantFrom('signal', 'crossing'),
  graceLap: fc.boolean(),
  lapLimit: fc.constantFrom(null, 3),
  holdoff: fc.constantFrom(0 as Micros, seconds(1)),
  resets: fc.record({ perLap: fc.constantFrom(null, 1), where: fc.constantFrom('in-place', 'start-line') }),
  technicalStop: fc.record({ freezesClock: fc.boolean() }),
});

/** Laps in doubt stand in the way of a confirmation. */
const refusals = ['race-refused', 'doubts-open'];

/** A command that may or may not be allowed now. */
function commandOf(race: TestRace, pick: number, target: number, next: number): RaceCommand {
  const current = race.replay.current?.runId ?? runId(Math.max(1, next - 1));
  const seq = (target % race.replay.seq) + 1;
  const crossings = race.replay.records.filter(({ event }) => event.type === 'crossing').map((record) => record.seq);
  const crossing = crossings[target % Math.max(1, crossings.length)] ?? 1;
  const because = { reason: 'because' };
  const commands: RaceCommand[] = [
    { type: 'call', runId: runId(next), racer: target % 2 === 0 ? anna : ben },
    { type: 'stage', runId: current, car, model: 'a'.repeat(64) as never },
    { type: 'ready', runId: current },
    { type: 'start', runId: current },
    { type: 'call', runId: runId(next), racer: target % 2 === 0 ? anna : ben },
    { type: 'stage', runId: current, car, model: 'a'.repeat(64) as never },
    { type: 'ready', runId: current },
    { type: 'start', runId: current },
    { type: 'pause', runId: current },
    { type: 'resume', runId: current },
    { type: 'resume', runId: current },
    { type: 'red-flag', runId: current },
    { type: 'incident', runId: current, kind: (['reset', 'off-track', 'collision'] as const)[target % 3]! },
    { type: 'did-not-finish', runId: current },
    { type: 'technical-stop', runId: current, car: otherCar, model: otherModel, ...because },
    { type: 'add-time', runId: current, time: seconds(5), ...because },
    { type: 'finish', runId: current },
    { type: 'confirm', runId: current },
    { type: 'confirm', runId: current },
    { type: 'discard', runId: current, ...because },
    { type: 'reopen', runId: current, ...because },
    { type: 'grant-rerun', runId: current, ...because },
    { type: 'practice', runId: runId(next) },
    { type: 'undo', target: seq },
    { type: 'undo', target: race.replay.seq },
    { type: 'ignore-crossing', crossing, ...because },
    {
      type: 'add-crossing',
      runId: current,
      at: { bootId: race.bootId, at: (race.now - (target % 30) * 100_000) as Micros },
      uncertainty: seconds(0.1),
      ...because,
    },
    { type: 'edit-lap', runId: current, crossing, valid: target % 2 === 0, ...because },
    { type: 'queue', racer: anna },
    { type: 'skip', racer: anna },
    { type: 'queue', racer: ben },
    { type: 'move', racer: target % 2 === 0 ? anna : ben, place: (target % 3) + 1 },
    { type: 'speed', runId: current, percent: target % 101 },
    { type: 'relaunch', runId: current, next: runId(next), ...because },
  ];
  return commands[pick % commands.length]!;
}

/** Plays the steps; `each` sees the race after every one. */
function play(race: TestRace, steps: readonly Step[], each: (race: TestRace) => void = () => undefined): void {
  const held: ReturnType<TestRace['crossing']>[] = [];
  let holding = false;
  let next = 1;
  let boots = 1;
  for (const happening of steps) {
    switch (happening.do) {
      case 'cross':
        if (holding) held.push(race.crossing());
        else race.cross();
        break;
      case 'hold':
        holding = true;
        break;
      case 'release':
        holding = false;
        // The gate sends what it kept, newest first.
        for (const crossing of held.splice(0).reverse()) race.write(crossing);
        break;
      case 'reboot': {
        const from = race.bootId;
        boots += 1;
        race.bootId = `boot-${boots}` as BootId;
        // The gate's clock goes on; the controller's begins anew.
        race.gateOffset = (race.gateOffset + race.now + seconds(2)) as Micros;
        race.now = 0 as Micros;
        race.write({ type: 'clock-restarted', from });
        held.splice(0);
        break;
      }
      case 'pass':
        race.pass(happening.seconds);
        break;
      case 'command':
        try {
          const command = commandOf(race, happening.pick, happening.target, next);
          race.give(command);
          if (('runId' in command && command.runId === runId(next)) || command.type === 'relaunch') next += 1;
        } catch (error) {
          expect(refusals).toContain((error as PitwallError).code);
        }
        break;
    }
    each(race);
  }
}

const game = fc.tuple(rules, fc.array(step, { minLength: 10, maxLength: 80 }));

/** A run that is under way, so that most steps mean something. */
function underWay(over: Partial<RaceRulesInput>): TestRace {
  const race = TestRace.open(over, over.start === 'countdown' ? simulated : {});
  race.start(runId(1000));
  return race;
}

describe('any interleaving of crossings, commands, duplicates, late ones and restarts', () => {
  it('gives the state of the replayed log, whole or in any pieces', () => {
    fc.assert(
      fc.property(game, fc.array(fc.nat(20), { minLength: 1 }), ([over, steps], pieces) => {
        const race = underWay(over);
        play(race, steps);
        const records = race.replay.records;
        const { state } = race.replay;
        expect(reduce(records)).toEqual(state);
        const inPieces = new RaceReplay();
        for (let from = 0, piece = 0; from < records.length; piece += 1) {
          const size = (pieces[piece % pieces.length] ?? 0) + 1;
          inPieces.append(records.slice(from, from + size));
          if (piece % 3 === 0) void inPieces.state;
          from += size;
        }
        expect(inPieces.state).toEqual(state);
        // Through JSON, as the log travels and lies on disk.
        expect(reduce(JSON.parse(JSON.stringify(records)))).toEqual(state);
      }),
      { numRuns: 150 },
    );
  });

  it('never gives a negative lap, nor laps that sum to more than their run', () => {
    fc.assert(
      fc.property(game, ([over, steps]) => {
        const race = underWay(over);
        play(race, steps, ({ replay }) => {
          for (const run of replay.state.runs) {
            const measured = run.laps.map((lap) => lap.measured ?? 0);
            for (const time of measured) expect(time).toBeGreaterThanOrEqual(0);
            const running = run.clock.since === null ? 0 : race.now - run.clock.since.at;
            const sum = measured.reduce<number>((total, time) => total + time, 0);
            // Over a restart the gate knows what the controller's clock does not.
            if (!run.interrupted) expect(sum).toBeLessThanOrEqual(run.clock.elapsed + running);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('never gives the track to two runs, nor loses a crossing', () => {
    fc.assert(
      fc.property(game, ([over, steps]) => {
        const race = underWay(over);
        play(race, steps);
        const { runs } = race.replay.state;
        const open = runs.filter(holdsTrack);
        expect(open.length).toBeLessThanOrEqual(1);
        const shown = new Set(runs.flatMap((run) => run.crossings.map(({ seq }) => seq)));
        const first = race.replay.records.findIndex(({ event }) => event.type === 'run-staged');
        const undone = new Set(race.replay.state.undone);
        for (const { seq, event } of race.replay.records.slice(first))
          if (event.type === 'crossing' && !undone.has(seq) && runs.length > 0 && runs[0]?.phase !== 'called')
            expect(shown).toContain(seq);
      }),
      { numRuns: 200 },
    );
  });

  it('doing and undoing is identity, wherever undoing is allowed', () => {
    let undone = 0;
    fc.assert(
      fc.property(game, fc.nat(1000), fc.nat(1000), ([over, steps], pick, target) => {
        const race = underWay(over);
        play(race, steps);
        const before = sight(race.replay);
        const from = race.replay.seq;
        try {
          race.give(commandOf(race, pick, target, 500));
          if (race.replay.seq !== from + 1) return;
          race.give({ type: 'undo', target: race.replay.seq });
        } catch (error) {
          expect(refusals).toContain((error as PitwallError).code);
          return;
        }
        undone += 1;
        // What would have gone again was held; nothing else differs.
        if (race.replay.last?.event.type === 'paused') return;
        const after = sight(race.replay);
        // A result that was sent stays sent: the next one amends it.
        const sent = (state: typeof before) => state.runs.map((run) => ({ ...run, revision: 0 }));
        expect({ ...after, runs: sent(after) }).toEqual({ ...before, runs: sent(before) });
      }),
      { numRuns: 600 },
    );
    expect(undone).toBeGreaterThan(50);
  });
});

describe('two marshals', () => {
  it('never both win on what they both saw', () => {
    const judgement = fc.constantFrom<RaceCommand['type']>('finish', 'pause', 'incident', 'did-not-finish', 'discard');
    fc.assert(
      fc.property(judgement, judgement, fc.boolean(), (first, second, crossed) => {
        const race = underWay({});
        const seen = race.replay.seq;
        const id = runId(1000);
        const command = (type: RaceCommand['type']) =>
          ({ type, runId: id, kind: 'reset', reason: 'because' }) as unknown as RaceCommand;
        if (crossed) race.cross();
        const outcomes = [first, second].map((type) => race.giveHaving(seen, command(type)));
        expect(outcomes.filter((won) => won).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
