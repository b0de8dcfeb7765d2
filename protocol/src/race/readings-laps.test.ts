import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seconds, Track, tableOf } from '../../testing/readings.js';
import type { BootId, GateId, Micros } from '../brand.js';

const docs = readFileSync(new URL('../../../docs/races.md', import.meta.url), 'utf8');

/** The rows of the table *Laps* of docs/races.md. */
type Row = 'half-lap' | 'too-fast' | 'carried' | 'missed-crossing' | 'too-long' | 'unmeasured' | 'warm-up';

const table: Record<Row, Record<string, () => void>> = {
  'half-lap': {
    'a trigger in the middle of a lap': () => {
      const track = new Track().cross(0, 10, 15, 20, 30);
      expect(track.laps).toEqual(['10', '5 ? half-lap', '5 ? half-lap', '10']);
      expect(track.otherReading(15).laps).toEqual(['10', '10', '10']);
    },
    'a hand four seconds after the line is no lap of four, nor of six': () => {
      const track = new Track().cross(0, 10, 14, 20, 30);
      expect(track.laps).toEqual(['10', '4 ? half-lap', '6 ? half-lap', '10']);
      expect(track.best).toBe(10);
    },
    'an average over it is none': () => {
      const track = new Track({ ranking: { by: 'average', laps: 3 }, qualifying: 3 }).cross(0, 10, 15, 20, 30);
      expect(track.run.score).toBeNull();
    },
    'a piece that is no lap, and the rest of a slow lap': () =>
      expect(new Track().cross(0, 20, 40, 60, 67.5, 84.9, 105).laps.slice(3, 5)).toEqual([
        '7.5 ? half-lap',
        '17.4 ? half-lap',
      ]),
    'three alike are how fast the car is': () =>
      expect(new Track().cross(0, 5, 10, 15, 25, 35).laps.slice(0, 3)).toEqual(['5', '5', '5']),
    'a piece may belong to the lap on either side': () =>
      expect(new Track().cross(0, 10, 20, 30, 40, 44, 51, 61).laps.slice(3)).toEqual([
        '10',
        '4 ? half-lap',
        '7 ? half-lap',
        '10',
      ]),
    'who gets twice as fast is asked nothing': () =>
      expect(new Track().cross(0, 20, 30, 40, 50, 60).laps.slice(1)).toEqual(['10', '10', '10', '10']),
  },
  'too-fast': {
    'a hand in the beam at a rolling start starts the clock: its lap does not count': () => {
      const track = new Track({ start: 'rolling' }).cross(0, 4, 14, 24, 34);
      expect(track.laps).toEqual(['4 ? too-fast', '10', '10', '10']);
      expect(track.best).toBe(10);
    },
    'the hand carries the car through the beam five seconds before it drives over it': () => {
      const track = new Track({ resets: { perLap: null, where: 'start-line' } }).cross(0, 10, 20).until(25);
      track.give({ type: 'incident', kind: 'reset' }).cross(27, 32, 42, 52);
      expect(track.laps).toEqual(['10', '10', 'reset', '5 ? too-fast', '10', '10']);
    },
    'a false trigger, and the car itself is missed soon after: one lap is too fast by as much as the next is too slow':
      () =>
        expect(new Track().cross(0, 10, 20, 28, 40, 50, 60).laps).toEqual([
          '10',
          '10',
          '8 ? too-fast',
          '12 ? too-fast',
          '10',
          '10',
        ]),
    'the first lap may be the best': () =>
      expect(new Track().cross(0, 8, 18, 28, 38).laps).toEqual(['8', '10', '10', '10']),
    'the last one, where it is far better than all others, may not be over': () =>
      expect(new Track({ lapLimit: 4 }).cross(0, 10, 20, 30, 38).laps).toEqual(['10', '10', '10', '8 ? too-fast']),
    'the last one, with one clean lap and a handled one to tell': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 66.5).until(80).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(137.8, 189.8).laps).toEqual(['66.5', '71.3', '52 ? too-fast']);
    },
    'counts when somebody says so': () => {
      const track = new Track().cross(0, 4, 14, 24, 34).counts(4, true);
      expect(track.best).toBe(4);
      expect(track.run.laps[0]?.decided).toEqual({ doubt: 'too-fast', by: 'mara' });
    },
  },
  carried: {
    'put back ahead of where it left, the lap gets better than the best clean one': () => {
      const track = new Track().cross(0, 10, 20, 32.5).until(33).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(41.7).laps).toEqual(['10', '10', '12.5 ? carried', '9.2 ? carried']);
    },
    'in the hands of who puts it back, the car goes through the beam: the laps on both sides may be one': () => {
      const track = new Track().cross(0, 20, 40, 60).until(64).give({ type: 'incident', kind: 'reset' });
      track.cross(66, 86, 106);
      expect(track.laps).toEqual(['20', '20', '20', '6 ? carried', '20 ? carried', '20']);
      expect(track.otherReading(66).laps).toEqual(['20', '20', '20', '26', '20']);
    },
    'so it is where the reset was noted a second after the crossing': () => {
      const track = new Track().cross(0, 10, 20, 30, 36).until(37).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(46, 56).laps.slice(3)).toEqual(['6 ? carried', '10 ? carried', '10']);
    },
    'and where whoever fetched it noted it only when it was back on the track': () => {
      const track = new Track().cross(0, 10, 20, 30, 36).until(42).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(46, 56).laps.slice(3)).toEqual(['6 ? carried', '10 ? carried', '10']);
    },
    'and where the gate then misses the car itself, the lap from the hands on is too fast': () => {
      const track = new Track().cross(0, 20, 40, 60).until(82).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(85, 103, 123).laps.slice(3)).toEqual(['25 ? carried', '18 ? carried', '20']);
    },
    'so it is where the reset was noted in a lap that never ended': () => {
      const track = new Track({ timeLimit: seconds(50), graceLap: false }).cross(0, 10, 20, 30, 38.8).until(42);
      track.give({ type: 'incident', kind: 'reset' }).until(60);
      expect(track.run.phase).toBe('over');
      expect(track.laps.slice(2)).toEqual(['10', '8.8 ? carried']);
    },
    'or in one that it gave up': () => {
      const rules = { resets: { perLap: null, where: 'start-line' } } as const;
      const track = new Track(rules).cross(0, 10, 20, 30, 38.8).until(42).give({ type: 'incident', kind: 'reset' });
      expect(track.laps.slice(2)).toEqual(['10', '8.8 ? carried', 'reset']);
    },
    'so it is where it would end the run: nothing came after it yet': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 20).until(29).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(33).laps.slice(1)).toEqual(['10', '13 ? carried']);
      expect(track.overAt).toBeNull();
      expect(track.cross(43).laps.slice(1)).toEqual(['10', '13', '10']);
    },
    'two usual laps are two laps, though few others tell': () => {
      const track = new Track().cross(0, 18.1, 34.5).until(37).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(53, 69.6).laps).toEqual(['18.1', '16.4', '18.5', '16.6']);
    },
    'put back just before the line, it drives over it: two laps': () => {
      const track = new Track().cross(0, 20, 40, 60).until(80).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(85, 105, 125).laps.slice(3)).toEqual(['25', '20', '20']);
    },
    'a lap that its reset made slow is asked about by nobody': () => {
      const track = new Track().cross(0, 10, 20, 30).until(33).give({ type: 'incident', kind: 'reset' });
      expect(track.cross(43, 53).laps).toEqual(['10', '10', '10', '13', '10']);
    },
  },
  'missed-crossing': {
    'the gate misses the car once: the lap counts, and says so': () =>
      expect(new Track().cross(0, 10, 30, 40).laps).toEqual(['10', '20 missed-crossing', '10']),
    'after two laps only: nobody can tell it from one lap with something in its middle, until another lap does': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 20, 40);
      expect(track.laps).toEqual(['10 ? half-lap', '10 ? half-lap', '20 missed-crossing']);
      expect(track.overAt).toBeNull();
      expect(track.cross(50).laps).toEqual(['10', '10', '20 missed-crossing', '10']);
    },
    'after two laps only, the marshal who saw it splits it, and all are laps': () => {
      const track = new Track().cross(0, 10, 20, 40);
      track.give({ type: 'split-lap', crossing: track.seq(40), parts: 2, reason: 'the beam was covered' });
      track.counts(10, true).counts(20, true);
      expect(track.laps).toEqual(['10 edited', '10 edited', '10 split', '10 split']);
      expect(track.best).toBe(10);
    },
    'split by a key in parts that add up to it, and are no best lap': () => {
      const track = new Track({ ranking: { by: 'average', laps: 4 } }).cross(0, 10, 28.000001, 38);
      track.give({ type: 'split-lap', crossing: track.seq(28.000001), parts: 2, reason: 'the beam was covered' });
      expect(track.laps).toEqual(['10', '9 split', '9.000001 split', '9.999999']);
      // Neither part is shorter than 3 s: one has up to 15 of the 18.
      expect(track.uncertainties.slice(1, 3)).toEqual([6.000001, 6.000001]);
      expect(track.best).toBe(9.999999);
      expect(track.run.score).toBe(seconds(9.5));
    },
    'added where somebody saw it, as sure as they were': () => {
      const track = new Track().cross(0, 10, 30, 40).add(20);
      expect(track.laps).toEqual(['10', '10 by-hand', '10 by-hand', '10']);
      expect(track.uncertainties[1]).toBeGreaterThanOrEqual(0.5);
    },
    'nothing hints at it beside halves of laps': () => expect(new Track().cross(0, 10, 15, 20, 30).laps[0]).toBe('10'),
  },
  'too-long': {
    'longer than a lap can be': () => {
      const track = new Track({ plausible: { min: seconds(3), max: seconds(20) } }).cross(0, 15, 30, 45, 60, 85);
      expect(track.laps.slice(2)).toEqual(['15', '15', '25! too-long missed-crossing']);
    },
  },
  unmeasured: {
    'nothing bounds the clock of its end': () => {
      const track = new Track().cross(0, 10).until(20);
      const crossing = track.race.crossing();
      track.race.write({ ...crossing, epoch: 'anew', controllerBound: Number.MAX_SAFE_INTEGER as never });
      expect(track.laps).toEqual(['10', 'crossing unmeasured']);
    },
    'a second gate kept it while the controller’s computer began anew, and it was before what the first gate saw last':
      () => {
        const second = 'line-2' as GateId;
        const track = new Track({}, { gates: ['line' as GateId, second] }).cross(0).through(second, 0.1).cross(10);
        const { race } = track.until(10.1);
        const kept = race.crossing(race.now, second);
        track.cross(20);
        race.bootId = 'boot-2' as BootId;
        race.now = seconds(5);
        race.write({ ...kept, controllerAt: 0 as Micros });
        expect(track.laps).toEqual(['10', '10', 'crossing interrupted unmeasured']);
        expect(track.best).toBe(10);
      },
  },
  'warm-up': {
    'is shown, counts for nothing, and is no step to the agreed laps': () => {
      const track = new Track({ warmUpLaps: 1, lapLimit: 2 }).cross(0, 10, 19, 29);
      expect(track.laps).toEqual(['10! warm-up', '9', '10']);
      expect(track.overAt).toBe(29);
    },
  },
};

it('has the rows of docs/races.md', () => {
  expect(Object.keys(table)).toEqual([...tableOf(docs, 'Laps').keys()]);
});

for (const [row, cases] of Object.entries(table))
  describe(`the row ${row}`, () => {
    for (const [name, check] of Object.entries(cases)) it(name, check);
  });
