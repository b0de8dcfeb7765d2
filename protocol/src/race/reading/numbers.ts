/**
 * The numbers by which laps are judged, parts of a usual lap unless they say what they are. Tried on simulated race days
 * (`npm run bench -- readings`).
 */

/** Below such a part of what is usual, no lap of this car is. */
export const half = 0.6;
/** Below such a part of what is usual, a lap is none by itself beside one that is too fast: the two are one. */
export const full = 0.85;
/** Two parts of one lap are no more than so much of a usual one. */
export const longest = 1.5;
/** Fetching the car and putting it back takes no longer, µs: so long it may be carried, and a lap is longer by no more. */
export const handling = 7_000_000;
/** Beside a lap that was in somebody's hands and is too fast for it, the rest of it may be so much of a usual one. */
export const handledRest = 1.2;
/** A lap in which the car was handled takes longer than usual; below so much of it, it is none. */
export const almostUsual = 0.95;
/** So much of a usual lap is none beside a lap in which the car was handled. */
export const three = 0.75;
/** A lap that is none by itself and the neighbour that completes it. */
export const whole = 1.25;
/** An edge of the car's own comes no later than that, µs: a car 0.4 m long that crawls over the line at 0.16 m/s. */
export const ownEdge = 2_500_000;
/** A hand that clears the way for a car is that much earlier than the car at most, µs. */
export const handBefore = 5_000_000;
/** So long after it somebody may note that the car is in somebody's hands, µs: who fetches it and notes it does that first. */
export const notedLate = 7_000_000;
/** Who notes it by then has looked, and done nothing else first, µs. */
export const notedAtOnce = 2_000_000;
/** Two laps with a false crossing between them instead of the true one are together two usual ones, to so much of one. */
export const shifted = 0.15;
/** Laps that are alike. */
export const alike = 0.15;
/** Above such a part of what is usual, the gate may have missed the car. */
export const missed = 1.5;

/**
 * How far from usual, as a part of it: by how far the laps of this car are from it (`spreadOf`), so many times that, from `least` to `most`;
 * `unknown` where too few laps tell.
 */
export interface Slack {
  readonly unknown: number;
  readonly times: number;
  readonly least: number;
  readonly most: number;
}

/** So many laps tell how far they are from usual. */
export const tellSpread = 5;
/** Readings whose laps are as near to what is usual, to such a part of it, cannot be told apart by their times. */
export const undecided: Slack = { unknown: 0.12, times: 3, least: 0.04, most: 0.12 };
/** The same at the opening, where a hand before the car is far likelier. */
export const undecidedOpening: Slack = { unknown: 0.12, times: 2, least: 0.03, most: 0.12 };
/** The same where it may be the car's own second edge, which is far likelier. */
export const undecidedEdge: Slack = { unknown: 0.08, times: 2, least: 0.02, most: 0.08 };
/** Farther below usual a lap beside a crossing in somebody's hands is none. */
export const below: Slack = { unknown: 0.05, times: 3, least: 0.03, most: 0.12 };
/** Two parts of a lap that was carried over the line are no more above one, and the handling. */
export const above: Slack = { unknown: 0.25, times: 4, least: 0.08, most: 0.25 };
/** A lap so near to usual ended where it should, whoever noted a reset there. */
export const surely: Slack = { unknown: 0.02, times: 1.5, least: 0.01, most: 0.05 };
/** The last lap has a neighbour on one side only: so far below all others it may be none. */
export const lastBelow: Slack = { unknown: 0.08, times: 4, least: 0.06, most: 0.15 };
