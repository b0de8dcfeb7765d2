import type { Micros } from '../brand.js';
import type { Driver } from './lap-reading.js';
import type { Lap } from './state.js';
import type { PaperLap } from './timeline.js';

/** Laps as somebody read them from a stopwatch, in their order. */
export function paperLaps(laps: readonly PaperLap[], { car, model, speed }: Driver): Lap[] {
  return laps.map(({ time, uncertainty }, index) => ({
    lap: index + 1,
    ended: 'crossing',
    crossing: null,
    opening: null,
    time,
    measured: time,
    penalty: 0 as Micros,
    uncertainty,
    valid: true,
    marks: ['from-paper'],
    resets: 0,
    offTracks: 0,
    collisions: 0,
    sectors: [],
    car,
    model,
    speed,
    part: null,
    doubt: null,
    other: [],
    decided: null,
  }));
}
