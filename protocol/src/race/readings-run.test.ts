import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agent, id, seconds, Track, tableOf } from '../../testing/readings.js';
import { anna, ben, runId, TestRace } from '../../testing/test-race.js';
import type { RacerId } from '../brand.js';
import { carLimits, ofLength } from '../policy/index.js';
import { rollsOn } from './reading/laps.js';
import * as parts from './reading/numbers.js';
import { handSlack } from './reading/passage.js';
import * as usual from './reading/usual.js';
import { RaceRules } from './rules.js';
import { ofFastest } from './run-rules.js';

const docs = readFileSync(new URL('../../../docs/races.md', import.meta.url), 'utf8');

/** The rows of the table *Around a run* of docs/races.md. */
type Row =
  | 'doubt'
  | 'grace-lap'
  | 'lap-before'
  | 'edits'
  | 'held'
  | 'any-car'
  | 'confirm'
  | 'from-paper'
  | 'timing'
  | 'fastest'
  | 'practice'
  | 'several'
  | 'version-1';

const refused = expect.objectContaining({ code: 'race-refused' });
const average = { ranking: { by: 'average', laps: 3 }, qualifying: 3 } as const;

const table: Record<Row, Record<string, () => void>> = {
  doubt: {
    'a trigger in the middle of a lap ends no run early, and stops no car': () => {
      const track = new Track({ lapLimit: 3 }, agent).cross(0, 10, 20, 25, 30);
      expect(track.overAt).toBeNull();
      // Until then it was another lap that may be none.
      expect(track.cross(40).overAt).toBe(40);
    },
    'said to be a lap it ends the run where it ended, and what came later is after the end': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 20, 25, 30).counts(25, true);
      expect(track.overAt).toBe(25);
      expect(track.uses.at(-1)).toBe('after-end');
    },
    'said to be none it is no step to the agreed laps': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 20, 25, 30).counts(25, false).counts(30, false);
      expect(track.cross(40).overAt).toBe(40);
    },
    'the marshal at the end takes out the false crossing, and the true one ends the run': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 11.5, 21, 31).ignore(11.5);
      expect(track.laps).toEqual(['10', '11', '10']);
      expect(track.overAt).toBe(31);
    },
  },
  'grace-lap': {
    'a second edge right after the last boundary does not end it': () => {
      const track = new Track({ timeLimit: seconds(60), graceLap: true }).cross(0, 20, 40, 59.9, 61.2);
      expect(track.overAt).toBeNull();
      expect(track.cross(78).overAt).toBe(78);
      expect(track.laps).toEqual(['20', '20', '19.9', '18.1']);
    },
    'a lap in doubt does not end it': () => {
      const track = new Track({ timeLimit: seconds(60), graceLap: true }).cross(0, 20, 40, 59.9, 70);
      expect(track.overAt).toBeNull();
      expect(track.laps.at(-1)).toBe('10.1 ? too-fast');
    },
    'ends at the longest lap': () => {
      const track = new Track({
        timeLimit: seconds(60),
        graceLap: true,
        plausible: { min: seconds(3), max: seconds(40) },
      });
      expect(track.cross(0, 20, 40, 59).until(98).overAt).toBeNull();
      expect(track.until(100).overAt).toBe(99);
    },
  },
  'lap-before': {
    'an off-track noted right after the line belongs to the lap before': () => {
      const track = new Track({ penalties: { offTrack: seconds(2), collision: seconds(0) } }).cross(0, 10).until(12);
      track.give({ type: 'incident', kind: 'off-track' });
      const incident = track.race.replay.seq;
      expect(track.cross(20).laps).toEqual(['10', '12']);
      expect(track.give({ type: 'move-incident', incident }).laps).toEqual(['12', '10']);
    },
    'noted right after the crossing that ended the run, it belongs to the lap that ended there': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 20, 29.3).until(30);
      expect(track.run.phase).toBe('over');
      track.give({ type: 'incident', kind: 'reset' });
      // Somebody carried the car through the beam: said to be none, the crossing ended nothing.
      expect(track.laps).toEqual(['10', '10', '9.3 ? carried']);
      expect(track.otherReading(29.3).run.phase).not.toBe('over');
    },
    'nothing is noted of a run that time or a key ended': () => {
      const track = new Track().cross(0, 10).until(15).give({ type: 'finish' }).until(16);
      expect(() => track.give({ type: 'incident', kind: 'reset' })).toThrow(/The run is over/);
    },
  },
  edits: {
    'said of a lap that was two, it is not said of its half': () => {
      const track = new Track().cross(0, 10, 30, 40).counts(30, false);
      expect(track.laps[1]).toBe('20! missed-crossing edited');
      expect(track.add(20).laps).toEqual(['10', '10 by-hand', '10 by-hand', '10']);
    },
  },
  held: {
    'the last lap was none after all: the car stays where somebody holds it': () => {
      const track = new Track({ lapLimit: 3 }, agent).cross(0, 5, 10, 15);
      expect(track.overAt).toBe(15);
      track.until(20).ignore(5);
      expect(track.run).toMatchObject({ phase: 'paused', pausedBy: 'correction' });
      // The clock has stood since the end.
      expect(track.run.clock).toEqual({ elapsed: seconds(15), since: null });
      track.until(30).give({ type: 'resume' });
      expect(track.run.phase).toBe('running');
    },
    'a red flag that is undone, an end that is undone': () => {
      for (const type of ['red-flag', 'finish'] as const) {
        const track = new Track({}, agent).cross(0).until(5).give({ type });
        const target = track.race.replay.seq;
        track.until(20).give({ type: 'undo', target } as never);
        expect(track.run).toMatchObject({ phase: 'paused', pausedBy: 'correction', clock: { elapsed: seconds(5) } });
      }
    },
  },
  'any-car': {
    'drives on whatever the log says: an end that is undone goes on': () => {
      const track = new Track({}, { car: 'any' }).cross(0).until(5).give({ type: 'finish' });
      track
        .cross(10)
        .until(12)
        .give({ type: 'undo', target: track.race.replay.seq - 1 } as never);
      expect(track.laps).toEqual(['10']);
      expect(track.run.phase).toBe('running');
    },
  },
  confirm: {
    'asks about the laps in doubt that change the result, with both scores': () => {
      const track = new Track(average).cross(0, 10, 15, 20, 30, 40, 50).give({ type: 'finish' });
      const asks = expect.objectContaining({
        code: 'doubts-open',
        details: {
          doubts: [
            expect.objectContaining({
              lap: 2,
              without: { score: seconds(10), place: 1 },
              counted: { score: 6_666_666, place: 1 },
              other: { score: seconds(10), place: 1 },
            }),
            expect.objectContaining({
              lap: 3,
              without: { score: seconds(10), place: 1 },
              counted: { score: 8_333_333, place: 1 },
              other: { score: seconds(10), place: 1 },
            }),
          ],
        },
      });
      expect(() => track.give({ type: 'confirm' })).toThrow(asks);
      track.give({ type: 'confirm', withoutDoubtful: true });
      expect(track.race.replay.last?.event).toMatchObject({
        type: 'confirmed',
        withoutDoubtful: [track.seq(15), track.seq(20)],
      });
      expect(track.run.score).toBe(seconds(10));
    },
    'asks about two laps that are worth something only together, with the score of both': () => {
      const track = new Track(average).cross(0, 8).until(16).give({ type: 'pause' }).cross(16.5).until(26);
      track.give({ type: 'resume' }).cross(34.5).give({ type: 'finish' });
      expect(track.laps).toEqual(['8', '8 ? pause paused', '8.5 ? pause paused']);
      const worth = { without: { score: null, place: null }, counted: { score: 8_166_666, place: 1 } };
      const doubts = [2, 3].map((lap) => expect.objectContaining({ lap, ...worth }));
      expect(() => track.give({ type: 'confirm' })).toThrow(
        expect.objectContaining({ code: 'doubts-open', details: { doubts } }),
      );
    },
    'asks nothing where nothing changes': () => {
      const track = new Track().cross(0, 8, 16).until(24).give({ type: 'pause' }).cross(24.5).until(34);
      track.give({ type: 'resume' }).cross(42.5, 50.5).give({ type: 'finish' });
      expect(track.laps.slice(2, 4)).toEqual(['8 ? pause paused', '8.5 ? pause paused']);
      expect(track.give({ type: 'confirm' }).run).toMatchObject({ phase: 'confirmed', score: seconds(8) });
    },
  },
  'from-paper': {
    'typed from a stopwatch, marked as such, with the uncertainty of a thumb': () => {
      const track = new Track().cross(0, 10);
      const laps = [10.2, 10.4].map((time) => ({ time: seconds(time), uncertainty: seconds(0.3) }));
      track.give({ type: 'type-laps', laps, reason: 'the gate died' });
      expect(track.laps).toEqual(['10.2 from-paper', '10.4 from-paper']);
      expect(track.run).toMatchObject({ phase: 'over', fromPaper: true, uncertainty: seconds(0.3) });
    },
  },
  timing: {
    'is changed in an open race for runs to come, and not while one has the track': () => {
      const race = TestRace.open({ timeLimit: null });
      const { plausible } = race.replay.setup.rules;
      const timing = { gates: race.replay.setup.gates, plausible, holdoff: seconds(2.5) };
      const change = { type: 'change-timing', timing, reason: 'two strips' } as const;
      race.start();
      expect(() => race.give(change)).toThrow(refused);
      race.laps(10);
      race.pass(2.4);
      race.cross();
      expect(race.run().crossings.at(-1)?.use).toBe('short');
      race.give({ type: 'finish', runId: id });
      race.give({ type: 'confirm', runId: id });
      race.give(change);
      race.start(runId(2), ben);
      race.laps(10);
      race.pass(2.4);
      race.cross();
      expect(race.run(runId(2)).crossings.at(-1)?.use).toBe('same-passage');
      expect(() => race.give({ ...change, timing: { ...timing, holdoff: seconds(3) } })).toThrow(refused);
    },
  },
  fastest: {
    'no car is much faster than the fastest lap of the race: what just opened opens again': () => {
      const race = TestRace.open({ timeLimit: null });
      const turn = (number: number, racer: RacerId, ...times: number[]) => {
        race.start(runId(number), racer);
        race.laps(...times);
        race.give({ type: 'finish', runId: runId(number) });
      };
      turn(1, anna, 10, 10, 10);
      race.give({ type: 'confirm', runId: runId(1) });
      turn(2, ben, 4, 10, 10);
      expect(race.run(runId(2)).crossings.map(({ use }) => use)).toEqual(['early', 'opens', 'closes', 'closes']);
    },
  },
  practice: {
    'nobody is asked anything': () => {
      const race = TestRace.open();
      race.give({ type: 'practice', runId: id });
      race.laps(10, 5, 5, 10);
      expect(race.run().laps.map(({ doubt }) => doubt)).toEqual([null, null, null, null]);
    },
  },
  several: {
    'more cars than one: crossings, and no laps': () => {
      const race = TestRace.open();
      race.give({ type: 'practice', runId: id, several: true });
      race.laps(4, 3, 5);
      expect(race.run().laps).toEqual([]);
      expect(race.run().crossings).toHaveLength(4);
    },
  },
  'version-1': {
    'a log without a version keeps the meaning it had': () => {
      const race = TestRace.open({ timeLimit: null }, {}, 1);
      race.start();
      race.laps(10, 2, 8, 10);
      expect(race.run().laps.map(({ time, valid, marks }) => [time, valid, marks])).toEqual([
        [seconds(10), true, []],
        [seconds(2), false, ['too-short']],
        [seconds(8), true, []],
        [seconds(10), true, []],
      ]);
      expect(race.replay.state.logVersion).toBe(1);
    },
  },
};

it('has the rows of docs/races.md', () => {
  expect(Object.keys(table)).toEqual([...tableOf(docs, 'Around a run').keys()]);
});

it('reads by the numbers that docs/races.md gives', () => {
  const { plausible, holdoff } = RaceRules.parse({ name: 'test' });
  const { enough, agreement, one, around } = usual;
  const slack = ({ unknown, times, least, most }: parts.Slack) => [unknown, times, least, most];
  const numbers: Record<string, number[]> = {
    holdoff: [holdoff / 1e6],
    min: [ofLength, carLimits.speedMps, plausible.min / 1e6],
    max: [plausible.max / 1e6],
    handSlack: [handSlack / 1e6],
    rollsOn: [rollsOn / 1e6],
    ofFastest: [ofFastest],
    around: [around],
    enough: [enough],
    agreement: [agreement],
    one: [one.least, one.most],
    handBefore: [parts.handBefore / 1e6],
    ownEdge: [parts.ownEdge / 1e6],
    alike: [parts.alike],
    half: [parts.half],
    full: [parts.full],
    whole: [parts.whole],
    longest: [parts.longest],
    three: [parts.three],
    shifted: [parts.shifted],
    handling: [parts.handling / 1e6],
    notedLate: [parts.notedLate / 1e6],
    notedAtOnce: [parts.notedAtOnce / 1e6],
    handledRest: [parts.handledRest],
    almostUsual: [parts.almostUsual],
    missed: [parts.missed],
    tellSpread: [parts.tellSpread],
    undecided: slack(parts.undecided),
    undecidedOpening: slack(parts.undecidedOpening),
    undecidedEdge: slack(parts.undecidedEdge),
    below: slack(parts.below),
    above: slack(parts.above),
    surely: slack(parts.surely),
    lastBelow: slack(parts.lastBelow),
  };
  const said = [...tableOf(docs, 'Numbers')].map(([name, [value = '']]) => [name, value.match(/[\d.]+/g)?.map(Number)]);
  expect(said).toEqual(Object.entries(numbers));
});

for (const [row, cases] of Object.entries(table))
  describe(`the row ${row}`, () => {
    for (const [name, check] of Object.entries(cases)) it(name, check);
  });
