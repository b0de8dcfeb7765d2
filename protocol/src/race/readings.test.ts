import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agent, seconds, Track, tableOf } from '../../testing/readings.js';
import type { BootId, GateId, Micros } from '../brand.js';

const docs = readFileSync(new URL('../../../docs/races.md', import.meta.url), 'utf8');

/** The rows of the table *At the line* of docs/races.md. */
type Row =
  | 'same-passage'
  | 'gate-by-gate'
  | 'by-hand'
  | 'short'
  | 'either'
  | 'opening'
  | 'opening-again'
  | 'leaves-the-box'
  | 'start-again'
  | 'not-driven'
  | 'jump-start'
  | 'before-start'
  | 'while-paused'
  | 'pause'
  | 'late';

const second = 'line-2' as GateId;
const two = { gates: ['line' as GateId, second] };
const apart = { finish: ['end' as GateId] };

/** Each row of the rule table, by what happens on the track. */
const table: Record<Row, Record<string, () => void>> = {
  'same-passage': {
    'a second edge 0.9 s after the first shortens no lap': () =>
      expect(new Track().cross(0, 10, 10.9, 20, 30).laps).toEqual(['10', '10', '10']),
    'front and rear axle, 0.2 s apart': () =>
      expect(new Track().cross(0, 0.2, 10, 10.2, 20, 20.2, 30).laps).toEqual(['10', '10', '10']),
    'a car that stands on the strip, with the gate firing on and on, passes once': () =>
      expect(new Track().cross(0, 10, 10.9, 11.8, 12.7, 13.6, 20, 30).laps).toEqual(['10', '10', '10']),
    'a second gate that is hardly heard: 1.2 s later by a stamp that may be wrong by 1.3 s': () => {
      const track = new Track({}, two).cross(0).through(second, 0.1).cross(10);
      track.hardlyHeard(second, 10.1, { off: 1.1, bound: 1.3 });
      track.cross(20).through(second, 20.1);
      expect(track.laps).toEqual(['10', '10']);
      expect(track.uses.filter((use) => use === 'same-passage')).toHaveLength(3);
    },
    'the same where its stamp is too early, and where it is the passage that opens the first lap': () => {
      const track = new Track({}, two).cross(0).hardlyHeard(second, 0.1, { off: 1.2, bound: 1.3 });
      track.cross(10).hardlyHeard(second, 10.1, { off: -1.2, bound: 1.3 });
      track.cross(20).through(second, 20.1);
      expect(track.laps).toEqual(['10', '10']);
    },
    'where it may as well be of the next lap, or the gate saw the car already, it is asked about': () => {
      const uncertain = new Track({}, two).cross(0, 10).hardlyHeard(second, 11.5, { off: 0, bound: 2.5 }).cross(20);
      expect(uncertain.uses[2]).toBe('short');
      const again = new Track({}, two).cross(0).through(second, 0.1).cross(10).through(second, 10.1);
      again.hardlyHeard(second, 12, { off: 0, bound: 0.9 }).cross(20);
      expect(again.uses[4]).toBe('short');
    },
    'a second gate kept what it saw until the controller’s computer had begun anew: an earlier passage tells how far the two are apart':
      () => {
        const track = new Track({}, two).cross(0).through(second, 0.1).cross(10).through(second, 10.1).cross(20);
        const { race } = track.until(20.1);
        const kept = race.crossing(race.now, second);
        race.bootId = 'boot-2' as BootId;
        race.now = seconds(5);
        race.write({ ...kept, controllerAt: 0 as Micros });
        expect(track.uses.at(-1)).toBe('same-passage');
        expect(track.laps).toEqual(['10', '10']);
      },
    'a hold-off that would swallow laps is refused': () => {
      const open = () => new Track({ holdoff: seconds(8) });
      expect(open).toThrow(expect.objectContaining({ code: 'race-refused' }));
    },
  },
  'gate-by-gate': {
    'two gates at the line, one of which misses a car': () => {
      const track = new Track({}, two).cross(0).through(second, 0.3).cross(10);
      track.through(second, 20.3).cross(30).through(second, 30.3);
      expect(track.laps).toEqual(['10', '10', '10']);
    },
    'each gate with its own clock, and laps that add up': () => {
      const track = new Track({}, two).cross(0).through(second, 0.3).through(second, 10.31).cross(20);
      expect(track.run.laps.reduce((sum, { measured }) => sum + (measured ?? 0), 0)).toBe(seconds(20));
    },
  },
  'by-hand': {
    'Space a moment early: the time of the gate stands, for the lap that was booked already, too': () => {
      const track = new Track().cross(0).space(9.8);
      expect(track.laps).toEqual(['9.8 by-hand']);
      track.cross(10, 20);
      expect(track.laps).toEqual(['10', '10']);
      expect(track.uncertainties).toEqual([0.00004, 0.00004]);
    },
    'Space 1.3 s late makes no lap of its own': () =>
      expect(new Track().cross(0, 10).space(11.3).cross(20).laps).toEqual(['10', '10']),
    'Space alone, while the gate sees nothing, times laps': () => {
      const track = new Track().cross(0).space(10).cross(20);
      expect(track.laps).toEqual(['10 by-hand', '10 by-hand']);
      expect(track.uncertainties[0]).toBeGreaterThanOrEqual(0.1);
    },
    'added by a marshal where the gate saw it after all': () =>
      expect(new Track().cross(0, 10.2, 20).add(9.9).laps).toEqual(['10.2', '9.8']),
  },
  short: {
    'a false trigger 2 s after the line': () => {
      const track = new Track().cross(0, 10, 12, 20, 30);
      expect(track.laps).toEqual(['10', '10', '10']);
      expect(track.uses).toEqual(['opens', 'closes', 'short', 'closes', 'closes']);
    },
    'is no step to the agreed laps': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 11.5, 21, 31);
      expect(track.laps).toEqual(['10', '11', '10']);
      expect(track.overAt).toBe(31);
    },
    'can be the true one, by a key': () => {
      const track = new Track().cross(0, 10, 12, 22, 32).otherReading(12);
      expect(track.uses.slice(1, 3)).toEqual(['no-boundary', 'closes']);
      expect(track.run.laps.map(({ time }) => time)).toEqual([12, 10, 10].map(seconds));
    },
    'taken out one lap late it is still the false one': () =>
      expect(new Track().cross(0, 10, 11.5, 20).ignore(11.5).laps).toEqual(['10', '10']),
    'a gate of two, too far from the other for the hold-off, ends nothing early': () => {
      const track = new Track({ lapLimit: 3 }, two);
      for (const at of [0, 10, 20]) track.cross(at).through(second, at + 1.5);
      expect(track.overAt).toBeNull();
      expect(track.run.bestLap).toBeNull();
    },
  },
  either: {
    'a hand just before the car, that no time tells from it': () => {
      const track = new Track().cross(0, 10, 20, 29, 30.2, 40);
      expect(track.laps).toEqual(['10', '10', '9 ? short', '11 ? short']);
      expect(track.otherReading(29).laps).toEqual(['10', '10', '10.2', '9.8']);
    },
    'right after the crossing that ended the run': () => {
      const track = new Track({ lapLimit: 3 }).cross(0, 10, 20, 29.3, 30.5);
      expect(track.laps).toEqual(['10', '10', '9.3 ? short']);
      expect(track.overAt).toBe(29.3);
    },
  },
  opening: {
    'a hand in the beam before the car is put down: the car opens the lap': () => {
      const track = new Track().cross(0, 1.5, 11.5, 21.5, 31.5);
      expect(track.uses.slice(0, 2)).toEqual(['early', 'opens']);
      expect(track.laps).toEqual(['10', '10', '10']);
    },
    'a hand behind the car: both readings are possible': () => {
      const track = new Track().cross(0, 1.5, 10, 20, 30);
      expect(track.laps).toEqual(['8.5 ? opening', '10', '10']);
      expect(track.otherReading(10).laps).toEqual(['10', '10', '10']);
    },
    'a hand carries the car through the beam after a reset to the start line': () => {
      const track = new Track({ resets: { perLap: null, where: 'start-line' } }).cross(0, 10, 20).until(25);
      track.give({ type: 'incident', kind: 'reset' }).cross(27, 29, 39, 49);
      expect(track.laps).toEqual(['10', '10', 'reset', '10', '10']);
      expect(track.uses.slice(3, 5)).toEqual(['early', 'opens']);
    },
    'moves the clock of a rolling start with it': () => {
      const track = new Track({ start: 'rolling', timeLimit: seconds(60) }).cross(5, 7);
      expect(track.run.deadline?.at).toBe(seconds(100 + 7 + 60));
    },
  },
  'opening-again': {
    'moves the opening once only': () => {
      const track = new Track().cross(0, 1.5, 3.5, 10, 20, 30);
      expect(track.uses.slice(0, 4)).toEqual(['early', 'opens', 'short', 'closes']);
    },
  },
  'leaves-the-box': {
    'a line behind the box, the first lap from the signal: two laps are two laps': () => {
      const track = new Track({ firstLap: 'signal', lapLimit: 2 }).cross(1.2, 11, 21);
      expect(track.uses[0]).toBe('leaves-the-box');
      expect(track.laps).toEqual(['11', '10']);
      expect(track.overAt).toBe(21);
    },
  },
  'start-again': {
    'the start gate bounces where the finish is apart': () => {
      const track = new Track({}, apart).cross(0, 1.5).through('end' as GateId, 10);
      track.cross(12).through('end' as GateId, 22);
      expect(track.laps).toEqual(['10', '10']);
      expect(track.uses[1]).toBe('short');
    },
    'past the signal, where the first lap is timed from it': () => {
      const track = new Track({ firstLap: 'signal' }, apart).cross(1).through('end' as GateId, 9);
      track.cross(10).through('end' as GateId, 18);
      expect(track.laps).toEqual(['9', '8']);
    },
    'much later it gives up the lap that never got to the finish': () => {
      const track = new Track({}, apart).cross(0, 20).through('end' as GateId, 30);
      expect(track.laps).toEqual(['did-not-finish', '10']);
    },
  },
  'not-driven': {
    'carried over the line while it stands': () => {
      const track = new Track({}, agent);
      track.carDrives(true);
      track.cross(0, 10).until(14).carDrives(false).cross(17).until(18).carDrives(true).cross(24, 34);
      expect(track.uses[2]).toBe('not-driven');
      expect(track.laps).toEqual(['10', '14', '10']);
    },
    'a hand starts no rolling clock of a car that stands': () => {
      const track = new Track({ start: 'rolling' }, agent).carDrives(false).cross(5).until(8).carDrives(true);
      expect(track.run.startedAt).toBeNull();
      expect(track.cross(10, 20).laps).toEqual(['10']);
    },
    'that rolls on for a moment after its stop was driven there': () => {
      const track = new Track({}, agent).carDrives(true).cross(0).until(9).carDrives(false).cross(10);
      expect(track.uses[1]).toBe('closes');
    },
  },
  'jump-start': {
    'over the line before the signal, the first lap from the signal': () => {
      const rules = { start: 'countdown', countdown: seconds(3), firstLap: 'signal' } as const;
      const track = new Track(rules).cross(2.5, 12.5, 22.5, 32.5);
      expect(track.laps).toEqual(['10 ? jump-start', '10']);
      const jumped = new Track(rules).cross(2.5, 12.5, 22.5, 32.5).otherReading(2.5);
      expect(jumped.laps).toEqual(['10', '10', '10']);
    },
    'is shown where the first lap begins at a crossing': () => {
      const track = new Track({ start: 'countdown', countdown: seconds(3) }).cross(2.5, 12.5, 22.5);
      expect(track.uses[0]).toBe('jump-start');
      expect(track.laps).toEqual(['10']);
    },
  },
  'before-start': {
    'on the way to the line, before anything was started': () => {
      const track = new Track({ start: 'rolling' });
      track.give({ type: 'red-flag' }).cross(1);
      expect(track.uses).toEqual(['before-start']);
    },
  },
  'while-paused': {
    'the car is put back before the line': () => {
      const track = new Track().cross(0, 8.1).until(16.6).give({ type: 'pause' }).cross(20).until(27);
      track.give({ type: 'resume' }).cross(28.5, 36.5);
      expect(track.uses[2]).toBe('while-paused');
      expect(track.laps).toEqual(['8.1', '10 paused', '8']);
    },
  },
  pause: {
    'the car rolls over the line half a second after the pause: two laps, both in doubt': () => {
      const track = new Track().cross(0, 8, 16).until(24).give({ type: 'pause' }).cross(24.5).until(34);
      track.give({ type: 'resume' }).cross(42.5, 50.5);
      expect(track.laps).toEqual(['8', '8', '8 ? pause paused', '8.5 ? pause paused', '8']);
      expect(track.otherReading(24.5).laps[2]).toBe('16.5 paused missed-crossing');
    },
    'a red flag, too': () => {
      const track = new Track().cross(0, 8).until(16).give({ type: 'red-flag' }).cross(16.5);
      expect(track.laps).toEqual(['8', '8 ? pause paused']);
      expect(track.run.phase).toBe('paused');
    },
  },
  late: {
    'comes in the middle of laps that were booked': () =>
      expect(new Track().cross(0, 10, 30).late(20).laps).toEqual(['10', '10', '10']),
    'of before a pause comes in it': () => {
      const track = new Track().cross(0, 10).until(21).give({ type: 'pause' }).until(25).late(20);
      track.give({ type: 'resume' }).cross(34);
      expect(track.laps).toEqual(['10', '10', '10 paused']);
    },
  },
};

it('has the rows of docs/races.md', () => {
  expect(Object.keys(table)).toEqual([...tableOf(docs, 'At the line').keys()]);
});

for (const [row, cases] of Object.entries(table))
  describe(`the row ${row}`, () => {
    for (const [name, check] of Object.entries(cases)) it(name, check);
  });
