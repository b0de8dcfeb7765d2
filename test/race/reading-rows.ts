import { expect } from 'vitest';
import { type Line, tenth, type Where } from './line.js';

const reason = 'I saw it';
const refused = (code: string) => expect.objectContaining({ message: expect.stringContaining(code) });

export interface Row extends Where {
  /** What happens once its run goes. */
  readonly happens: (line: Line) => Promise<void>;
}

/** Rows of docs/races.md that want more than a gate, and where they are shown. */
export const elsewhere = {
  'not-driven': 'test/pages/start-line.test.ts',
  held: 'test/pages/start-line.test.ts',
};

const reads =
  (moments: readonly number[], laps: readonly string[]): Row['happens'] =>
  async (line) => {
    await line.cross(...moments);
    expect(await line.laps()).toEqual(laps);
  };

/** Every other row, once, from the gate over MQTT to what the controller answers; moments are tenths of a second. */
export const rows: Readonly<Record<string, Row>> = {
  'same-passage': {
    happens: reads([0, 10, 10.9, 20, 30], ['10', '10', '10']),
  },
  'gate-by-gate': {
    other: 'line',
    happens: async (line) => {
      await line.cross(0, 10, 30);
      await line.through(1, 0.3, 20.3, 30.3);
      expect(await line.laps()).toEqual(['10', '10', '10']);
    },
  },
  short: {
    happens: async (line) => {
      await line.cross(0, 10, 12, 20, 30);
      expect(await line.laps()).toEqual(['10', '10', '10']);
      expect((await line.uses())[2]).toBe('short');
    },
  },
  either: {
    happens: async (line) => {
      await line.cross(0, 10, 20, 29, 30.2, 40);
      expect(await line.laps()).toEqual(['10', '10', '9 ? short', '11 ? short']);
      expect(await line.otherReading(29)).toEqual(['10', '10', '10.2', '9.8']);
    },
  },
  opening: {
    happens: async (line) => {
      await line.cross(0, 1.5, 10, 20, 30);
      expect(await line.laps()).toEqual(['8.5 ? opening', '10', '10']);
      expect(await line.otherReading(10)).toEqual(['10', '10', '10']);
    },
  },
  'opening-again': {
    happens: async (line) => {
      await line.cross(0, 1.5, 3.5, 10, 20);
      expect(await line.uses()).toEqual(['early', 'opens', 'short', 'closes', 'closes']);
    },
  },
  'leaves-the-box': {
    rules: { firstLap: 'signal', lapLimit: 2, plausible: { min: 14 * tenth, max: 120 * tenth } },
    happens: async (line) => {
      await line.from('run-started');
      await line.cross(11, 27, 52);
      expect((await line.uses())[0]).toBe('leaves-the-box');
      expect(await line.laps()).toEqual(['27', '25']);
      expect((await line.run()).phase).toBe('over');
    },
  },
  'start-again': {
    other: 'finish',
    happens: async (line) => {
      await line.cross(0, 1.5, 12);
      await line.through(1, 10, 22);
      expect(await line.laps()).toEqual(['10', '10']);
      expect((await line.uses())[1]).toBe('short');
    },
  },
  'jump-start': {
    rules: { start: 'countdown', countdown: 10 * tenth, firstLap: 'signal' },
    happens: async (line) => {
      await line.until(15);
      await line.from('countdown-ended');
      await line.cross(-0.5, 9.5, 19.5);
      expect(await line.laps()).toEqual(['9.5 ? jump-start', '10']);
      expect(await line.otherReading(-0.5)).toEqual(['10', '10']);
    },
  },
  'before-start': {
    happens: async (line) => {
      await line.from('run-ready');
      await line.cross(0.001);
      await line.from('run-started');
      await line.cross(15, 25);
      expect(await line.uses()).toEqual(['before-start', 'opens', 'closes']);
    },
  },
  late: {
    happens: async (line) => {
      await line.cross(0, 10, 30, 40);
      await line.cross(20);
      expect(await line.laps()).toEqual(['10', '10', '10', '10']);
      expect((await line.uses())[2]).toBe('closes');
    },
  },
  'half-lap': {
    happens: reads([0, 10, 15, 20, 30], ['10', '5 ? half-lap', '5 ? half-lap', '10']),
  },
  'too-fast': {
    rules: { start: 'rolling' },
    happens: reads([0, 4, 14, 24, 34], ['4 ? too-fast', '10', '10', '10']),
  },
  'missed-crossing': {
    happens: async (line) => {
      await line.cross(0, 10, 30, 40);
      expect((await line.laps())[1]).toBe('20 missed-crossing');
      await line.give({ type: 'split-lap', crossing: await line.seq(30), parts: 2, reason });
      expect(await line.laps()).toEqual(['10', '10 split', '10 split', '10']);
    },
  },
  'too-long': {
    rules: { plausible: { min: 3 * tenth, max: 15 * tenth } },
    happens: async (line) => {
      await line.cross(0, 10, 20, 30, 50);
      expect((await line.laps())[3]).toBe('20! too-long missed-crossing');
    },
  },
  'warm-up': {
    rules: { warmUpLaps: 1, lapLimit: 2 },
    happens: async (line) => {
      await line.cross(0, 10, 19, 29);
      expect(await line.laps()).toEqual(['10! warm-up', '9', '10']);
      expect((await line.run()).phase).toBe('over');
    },
  },
  doubt: {
    rules: { lapLimit: 3 },
    happens: async (line) => {
      await line.cross(0, 10, 20, 25, 30);
      expect((await line.run()).phase).toBe('running');
      await line.counts(25, true);
      expect((await line.run()).phase).toBe('over');
      expect((await line.uses()).at(-1)).toBe('after-end');
    },
  },
  edits: {
    happens: async (line) => {
      await line.cross(0, 10, 30, 40);
      await line.counts(30, false);
      expect((await line.laps())[1]).toBe('20! missed-crossing edited');
      await line.cross(20);
      expect(await line.laps()).toEqual(['10', '10', '10', '10']);
    },
  },
  confirm: {
    happens: async (line) => {
      await line.cross(0, 10, 15, 20, 30);
      await line.give({ type: 'finish' });
      await expect(line.give({ type: 'confirm' })).rejects.toEqual(refused('doubts-open'));
      await line.give({ type: 'confirm', withoutDoubtful: true });
      expect(await line.run()).toMatchObject({ phase: 'confirmed', score: 10 * tenth });
    },
  },
  'from-paper': {
    happens: async (line) => {
      await line.cross(0, 10);
      await line.give({ type: 'type-laps', laps: [{ time: 12 * tenth, uncertainty: 3 * tenth }], reason });
      expect(await line.laps()).toEqual(['12 from-paper']);
    },
  },
  timing: {
    happens: async (line) => {
      const timing = { gates: ['timing-1'], plausible: { min: 8 * tenth, max: 120 * tenth }, holdoff: tenth };
      const change = { type: 'change-timing', timing, reason } as const;
      await expect(line.give(change)).rejects.toEqual(refused('race-refused'));
      await line.give({ type: 'discard', reason });
      await line.give(change);
      await line.again();
      await line.cross(0, 10, 17, 20);
      expect(await line.laps()).toEqual(['10', '10']);
    },
  },
  fastest: {
    happens: async (line) => {
      await line.cross(0, 10, 20, 30);
      await line.give({ type: 'finish' });
      await line.give({ type: 'confirm' });
      await line.again();
      // Half of the fastest lap of the race.
      await line.cross(0, 4.5, 14.5);
      expect(await line.uses()).toEqual(['early', 'opens', 'closes']);
    },
  },
  practice: {
    practice: 'one',
    happens: reads([0, 10, 15, 20, 30], ['10', '5', '5', '10']),
  },
  several: {
    practice: 'several',
    happens: async (line) => {
      await line.cross(0, 4, 7, 12);
      expect(await line.run()).toMatchObject({ laps: [], crossings: [{}, {}, {}, {}] });
    },
  },
  carried: {
    happens: async (line) => {
      await line.until(36);
      await line.give({ type: 'incident', kind: 'reset' });
      await line.from('incident', 33);
      await line.cross(0, 10, 20, 32.5, 42.2);
      expect(await line.laps()).toEqual(['10', '10', '12.5 ? carried', '9.7 ? carried']);
    },
  },
  'lap-before': {
    rules: { penalties: { offTrack: 2 * tenth, collision: 0 } },
    happens: async (line) => {
      await line.until(14);
      await line.give({ type: 'incident', kind: 'off-track' });
      await line.from('incident', 12);
      await line.cross(0, 10, 20);
      expect(await line.laps()).toEqual(['10', '12']);
      await line.give({ type: 'move-incident', incident: (await line.latest('incident')).seq });
      expect(await line.laps()).toEqual(['12', '10']);
    },
  },
  'any-car': {
    happens: async (line) => {
      await line.until(7);
      await line.give({ type: 'finish' });
      await line.from('finished', 5);
      await line.cross(0, 10);
      await line.give({ type: 'undo', target: (await line.latest('finished')).seq });
      expect(await line.laps()).toEqual(['10']);
      expect((await line.run()).phase).toBe('running');
    },
  },
  pause: {
    happens: async (line) => {
      await line.until(27);
      await line.give({ type: 'pause' });
      await line.from('paused', 24);
      await line.cross(0, 8, 16, 24.5);
      expect(await line.laps()).toEqual(['8', '8', '8 ? pause paused']);
      expect(await line.otherReading(24.5)).toEqual(['8', '8']);
    },
  },
  'while-paused': {
    happens: async (line) => {
      await line.until(19);
      await line.give({ type: 'pause' });
      await line.from('paused', 16.6);
      // A car that was stopped rolls on for two seconds at most.
      await line.cross(0, 8.1, 37.6);
      await line.give({ type: 'resume' });
      await line.from('resumed', 16.6);
      await line.cross(18.1);
      expect((await line.uses())[2]).toBe('while-paused');
      expect(await line.laps()).toEqual(['8.1', '10 paused']);
    },
  },
  'grace-lap': {
    rules: { timeLimit: 30 * tenth, graceLap: true },
    happens: async (line) => {
      await line.from('run-started');
      await line.cross(8, 15, 22);
      await line.cross(29.5);
      await line.until(32);
      await line.cross(31.2);
      expect((await line.run()).phase).toBe('running');
      await line.cross(37);
      expect(await line.laps()).toEqual(['7', '7', '7.5', '7.5']);
      expect((await line.run()).phase).toBe('over');
    },
  },
  unmeasured: {
    happens: async (line) => {
      await line.cross(0, 10);
      await line.crossUnbounded(20);
      await line.cross(30, 40);
      const { laps } = await line.run();
      expect(laps.map(({ time }) => time === null)).toEqual([false, true, true, false]);
      for (const lap of laps.slice(1, 3)) expect(lap).toMatchObject({ valid: false, marks: ['unmeasured'] });
      await line.give({ type: 'finish' });
      await line.give({ type: 'confirm' });
      expect(await line.run()).toMatchObject({ phase: 'confirmed', score: 10 * tenth });
    },
  },
  'version-1': {
    happens: async (line) => {
      await line.asVersion1();
      await line.cross(0, 10, 12, 20, 30);
      expect(await line.laps()).toEqual(['10', '2! too-short', '8', '10']);
    },
  },
  'by-hand': {
    happens: async (line) => {
      await line.cross(0);
      await line.until(39);
      await line.add(38);
      expect(await line.laps()).toEqual(['38 by-hand']);
      await line.cross(40, 80);
      expect(await line.laps()).toEqual(['40', '40']);
    },
  },
};
