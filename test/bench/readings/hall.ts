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
  /** A reset that is noted anywhere while the car is in somebody's hands, and not when it is seen to have left the track. */
  readonly notedLate: number;
  /** A lap in which the run is paused. */
  readonly paused: number;
}

/**
 * What is published:
 * - missed: timing mats of foot races read 99.8% of the chips that pass and more (howstuffworks.com, "How ChronoTrack B-Tags Work",
 *   by Pique), so at most 1 in 500 is missed. For a beam or a strip under a model car no rate was found; that short pulses are missed
 *   is known (guidance-for-aws-deepracer-event-management, issue 253: 1 to 5 ms, polled every 10 ms).
 * - reset: the two real leaderboards of 3-lap trials have between 0 and 19 off-tracks each, a third of the laps none.
 * - secondEdge, lateEdge: that one passage counts twice is known (the same, issue 252: two strips); how often, is not said.
 *
 * All others are assumptions: no source was found for how often a hand, a child or a bag breaks the beam. They are meant for a
 * crowded hall with a beam at floor height that nobody guards.
 */
export const crowdedHall: Hall = {
  falseTrigger: 1 / 400,
  missed: 1 / 500,
  secondEdge: 0.4,
  lateEdge: 1 / 3000,
  handAtStart: 0.05,
  reset: 0.12,
  carried: 0.05,
  notedLate: 1 / 4,
  paused: 1 / 100,
};

/** What broke the beam. */
export type Cause = 'car' | 'second edge' | 'late edge' | 'hand' | 'hand at the start' | 'carried';

/** The same with each fault of the gate, and each hand, twice as often. */
export const worseHall: Hall = {
  ...crowdedHall,
  falseTrigger: 2 * crowdedHall.falseTrigger,
  missed: 2 * crowdedHall.missed,
  lateEdge: 2 * crowdedHall.lateEdge,
  handAtStart: 2 * crowdedHall.handAtStart,
  carried: 2 * crowdedHall.carried,
};

export type Happening =
  | { readonly at: Micros; readonly what: 'crossing'; readonly cause: Cause }
  | { readonly at: Micros; readonly what: 'pause' | 'resume' }
  /** `leftAt`: when the car left the track. */
  | { readonly at: Micros; readonly what: 'reset'; readonly leftAt: number };

/** One run as it was: when the car truly crossed the line, and all that the desk was told. */
export interface TrueRun {
  readonly crossings: readonly Micros[];
  /** Those of them that the gate did not see. */
  readonly missed: readonly Micros[];
  readonly happenings: readonly Happening[];
}

export interface Driver {
  /** µs of the first lap, undisturbed. */
  readonly lap: number;
  /** µs: no lap of this car is shorter on average, however much it improves. */
  readonly best: number;
  /**
   * Standard deviation as a part of the lap. Laps without an off-track of ten evaluations in the cloud simulator's own logs (two or three
   * laps each): 0.006 to 0.039. A real car on a real floor with an emptying battery is assumed to vary more: up to 0.1.
   */
  readonly spread: number;
  /** What a lap is of the one before. */
  readonly trend: number;
}

const second = 1_000_000;

/** From some seconds after the start signal on, for so long. The first true crossing opens the first lap. */
export function drive(driver: Driver, hall: Hall, start: number, length: number, random: () => number): TrueRun {
  const crossings: number[] = [];
  const missed: Micros[] = [];
  const happenings: Happening[] = [];
  const chance = (of: number) => random() < of;
  const tell = (at: number, what: 'pause' | 'resume') => happenings.push({ at: Math.round(at) as Micros, what });
  const cross = (at: number, cause: Cause) =>
    happenings.push({ at: Math.round(at) as Micros, what: 'crossing', cause });
  const pass = (at: number): void => {
    crossings.push(Math.round(at));
    if (chance(hall.missed)) {
      missed.push(Math.round(at) as Micros);
      return;
    }
    cross(at, 'car');
    if (chance(hall.secondEdge)) cross(at + (0.03 + 0.4 * random()) * second, 'second edge');
    if (chance(hall.lateEdge)) cross(at + (1.05 + 1.2 * random()) * second, 'late edge');
  };
  let at = start + (1 + 5 * random()) * second;
  if (chance(hall.handAtStart)) cross(at - (1.1 + 3 * random()) * second, 'hand at the start');
  pass(at);
  let { lap } = driver;
  while (at < start + length + 4 * lap) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let time = Math.max(0.8 * lap, 0.97 * driver.best, lap * (1 + driver.spread * normal));
    lap = Math.max(driver.best, lap * driver.trend);
    if (chance(hall.reset)) {
      const when = at + (0.1 + 0.8 * random()) * time;
      const inHands = (1.5 + 5 * random()) * second;
      time += inHands;
      const noted = chance(hall.notedLate) ? when + random() * inHands : when;
      happenings.push({ at: Math.round(noted) as Micros, what: 'reset', leftAt: when });
      if (chance(hall.carried)) cross(when + random() * inHands, 'carried');
    }
    if (chance(hall.paused)) {
      const when = at + (0.1 + 0.8 * random()) * time;
      const pause = (5 + 20 * random()) * second;
      tell(when, 'pause');
      tell(when + pause, 'resume');
      // The car is told to stop, and goes on from where it stood.
      time += pause;
    }
    if (chance(hall.falseTrigger)) cross(at + random() * time, 'hand');
    at += time;
    pass(at);
  }
  happenings.sort((a, b) => a.at - b.at);
  return { crossings: crossings as Micros[], missed, happenings };
}
