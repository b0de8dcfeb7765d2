import type { Micros } from '@pitwall/protocol';

/** Numbers from 0 to 1 that a seed repeats (mulberry32, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How often a hall spoils what its gate sees: chances for each of what is named. */
export interface Hall {
  /** A lap in which something that is no car breaks the beam: a hand, a child, a bag. */
  readonly falseTrigger: number;
  /** A passage that the gate does not see. */
  readonly missed: number;
  /** A passage with a second edge within half a second: the other axle, an antenna, a bouncing contact. */
  readonly secondEdge: number;
  /** A passage with a further edge after the hold-off: a car that dawdles on the line, a hand behind it. */
  readonly lateEdge: number;
  /** A run at whose start a hand is in the beam before the car. */
  readonly handAtStart: number;
  /** A lap in which the car is set back on the track by hand. */
  readonly reset: number;
  /** A reset in which the car is carried through the beam. */
  readonly carried: number;
  /** A lap in which the run is paused. */
  readonly paused: number;
}

/**
 * Resets: the two real leaderboards of 3-lap trials have between 0 and 19 off-tracks each, a third of the laps none. The others are
 * nowhere published; they are what a crowded hall makes of a beam at floor height, and above what a guarded one has.
 */
export const crowdedHall: Hall = {
  falseTrigger: 1 / 400,
  missed: 1 / 500,
  secondEdge: 0.4,
  lateEdge: 1 / 3000,
  handAtStart: 0.05,
  reset: 0.12,
  carried: 0.05,
  paused: 1 / 100,
};

export type Happening =
  | { readonly at: Micros; readonly what: 'crossing'; readonly true: boolean }
  | { readonly at: Micros; readonly what: 'reset' | 'pause' | 'resume' };

/** One run as it was: when the car truly crossed the line, and all that the desk was told. */
export interface TrueRun {
  readonly crossings: readonly Micros[];
  readonly happenings: readonly Happening[];
}

export interface Driver {
  /** µs of the first lap, undisturbed. */
  readonly lap: number;
  /** µs: no lap of this car is shorter on average, however much it improves. */
  readonly best: number;
  /** Standard deviation as a part of the lap: 0.005 to 0.1 in the cloud simulator's metrics of nine evaluations. */
  readonly spread: number;
  /** What a lap is of the one before. */
  readonly trend: number;
}

const second = 1_000_000;

/** From some seconds after the start signal on, for so long. The first true crossing opens the first lap. */
export function drive(driver: Driver, hall: Hall, start: number, length: number, random: () => number): TrueRun {
  const crossings: number[] = [];
  const happenings: Happening[] = [];
  const chance = (of: number) => random() < of;
  const tell = (at: number, what: Happening['what'], isTrue = false): void => {
    const time = Math.round(at) as Micros;
    happenings.push(what === 'crossing' ? { at: time, what, true: isTrue } : { at: time, what });
  };
  const pass = (at: number): void => {
    crossings.push(Math.round(at));
    if (chance(hall.missed)) return;
    tell(at, 'crossing', true);
    if (chance(hall.secondEdge)) tell(at + (0.03 + 0.4 * random()) * second, 'crossing', true);
    if (chance(hall.lateEdge)) tell(at + (1.05 + 1.2 * random()) * second, 'crossing');
  };
  let at = start + (1 + 5 * random()) * second;
  if (chance(hall.handAtStart)) tell(at - (1.1 + 3 * random()) * second, 'crossing');
  pass(at);
  let { lap } = driver;
  while (at < start + length + 4 * lap) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let time = Math.max(0.8 * lap, 0.97 * driver.best, lap * (1 + driver.spread * normal));
    lap = Math.max(driver.best, lap * driver.trend);
    if (chance(hall.reset)) {
      const when = at + (0.1 + 0.8 * random()) * time;
      time += (1.5 + 5 * random()) * second;
      tell(when, 'reset');
      if (chance(hall.carried)) tell(when + random() * second, 'crossing');
    }
    if (chance(hall.paused)) {
      const when = at + (0.1 + 0.8 * random()) * time;
      const pause = (5 + 20 * random()) * second;
      tell(when, 'pause');
      tell(when + pause, 'resume');
      // The car is told to stop, and goes on from where it stood.
      time += pause;
    }
    if (chance(hall.falseTrigger)) tell(at + random() * time, 'crossing');
    at += time;
    pass(at);
  }
  happenings.sort((a, b) => a.at - b.at);
  return { crossings: crossings as Micros[], happenings };
}
