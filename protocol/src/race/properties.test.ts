import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandOf, game, play, refusals, underWay } from '../../testing/race-game.js';
import { runId, sight } from '../../testing/test-race.js';
import type { PitwallError } from '../errors.js';
import type { RaceCommand } from './commands.js';
import { holdsTrack } from './refuse.js';
import { RaceReplay, reduce } from './replay.js';

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
