import { carLimits, ofLength, shortestLap } from '@pitwall/protocol/policy';
import type { RaceSetup } from '@pitwall/protocol/race';
import { decimal, words } from '../staff-words/index.js';

/**
 * The shortest plausible lap of a track, in seconds and with where it comes from, as long as nobody typed another: null where the
 * track's length is not known, or the race before has a time of its own.
 */
export function shortestOfTrack(
  lengthM: number | undefined,
  before: RaceSetup | undefined,
  lengthBefore: number | undefined,
): { readonly seconds: string; readonly why: string } | null {
  const limits = before?.rules.car ?? carLimits;
  const isOwn =
    before !== undefined &&
    (lengthBefore === undefined || before.rules.plausible.min !== shortestLap(lengthBefore, limits));
  if (lengthM === undefined || isOwn) return null;
  const seconds = String(shortestLap(lengthM, limits) / 1e6);
  return {
    seconds,
    why: words.organizer.ofTheTracksMAt(ofLength, decimal(lengthM, 1), limits.speedMps),
  };
}
