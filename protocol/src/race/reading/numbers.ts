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
/** The last lap has a neighbour on one side only. */
export const almost = 0.85;
/** Readings whose laps are equally near to what is usual, to such a part of it, cannot be told apart by their times. */
export const undecided = 0.12;
/** An edge of the car's own comes no later than that, µs: a car 0.4 m long that crawls over the line at 0.16 m/s. */
export const ownEdge = 2_500_000;
/** Where one reading is far likelier: a hand before the start, the car's own second edge. */
export const undecidedOpening = 0.08;
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
