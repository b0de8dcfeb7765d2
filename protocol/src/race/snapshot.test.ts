import fc from 'fast-check';
import { expect, it } from 'vitest';
import { game, play, type Step, underWay } from '../../testing/race-game.js';
import { anna, runId, TestRace } from '../../testing/test-race.js';
import { goingOf } from './hold.js';
import { RaceReplay } from './replay.js';
import { type ReplaySnapshot, reachesBehind } from './snapshot.js';

/** As it lies on disk. */
const kept = (snapshot: ReplaySnapshot): ReplaySnapshot => JSON.parse(JSON.stringify(snapshot)) as ReplaySnapshot;

/** What the desk asks of a race while its older part is not there yet. */
function asked(replay: RaceReplay) {
  const { seq, last, phase, setup, current, judgement } = replay;
  return { seq, last, phase, setup, current, judgement, going: goingOf(replay), snapshot: replay.snapshot() };
}

/** Runs come and go, so that there are moments between them. */
const ended: readonly Step[] = [
  { do: 'command', pick: 16, target: 0 },
  { do: 'command', pick: 17, target: 0 },
];

it('with the records after it is the whole log, for any log and any cut', () => {
  let cuts = 0;
  let behind = 0;
  let withRuns = 0;
  fc.assert(
    fc.property(game, game, fc.nat(), ([over, before], [, after], pick) => {
      const race = underWay(over);
      play(race, [...before, ...ended, ...after, ...ended], () => undefined);
      const { records } = race.replay;
      const cut = pick % (records.length + 1);
      const first = new RaceReplay(records.slice(0, cut));
      const snapshot = cut === 0 ? undefined : first.snapshot();
      if (snapshot === undefined) return;
      cuts += 1;
      const tail = records.slice(cut);
      if (reachesBehind(snapshot, tail)) {
        behind += 1;
        return;
      }
      if (snapshot.runs.length > 0 && tail.length > 3) withRuns += 1;
      const resumed = RaceReplay.from(kept(snapshot));
      const whole = new RaceReplay(records.slice(0, cut));
      for (const record of tail) {
        resumed.append([record]);
        whole.append([record]);
        expect(asked(resumed)).toEqual(asked(whole));
      }
      // What did not reach the disk is taken back, and comes again.
      resumed.truncate(cut);
      expect(asked(resumed)).toEqual(asked(first));
      resumed.append(tail);
      expect(asked(resumed)).toEqual(asked(new RaceReplay(records)));
      expect(() => resumed.state).toThrow('older part');
      resumed.join(new RaceReplay(records));
      expect(resumed.state).toEqual(race.replay.state);
      expect(resumed.records).toEqual(records);
    }),
    { numRuns: 600 },
  );
  expect(cuts).toBeGreaterThan(100);
  expect(withRuns).toBeGreaterThan(20);
  expect(behind).toBeGreaterThan(5);
});

it('is none while a run has the track, and the same for the same log', () => {
  const race = TestRace.open();
  expect(race.replay.snapshot()).toEqual(new RaceReplay(race.replay.records).snapshot());
  race.give({ type: 'call', runId: runId(1), racer: anna });
  expect(race.replay.snapshot()).toBeUndefined();
});
