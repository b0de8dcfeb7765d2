import { selfCrossing } from './self-crossing.js';
import type { Track } from './track.js';

/** A road narrower than the car is with a hand's breadth on each side, or wider than any that was built, m. */
const widths = { least: 0.3, most: 3 } as const;

/**
 * Why a track that is drawn cannot be raced on, a sentence each: borders that do not belong to the points of the centre
 * line, a centre line beside the road, a road that crosses itself. Lines as they come from a file; a track of straights and
 * arcs is right by its building.
 */
export function trackFaults(track: Track): string[] {
  const faults = [...borderFaults(track)];
  // What follows would say the same again of borders that are not the track's.
  if (faults.length > 0) return faults;
  const crossed = selfCrossing(track);
  if (crossed !== undefined) {
    faults.push(
      `The road crosses itself: at ${crossed.alongM.toFixed(2)} m and ${crossed.otherM.toFixed(2)} m along it is at the same place. Move the two apart.`,
    );
    return faults;
  }
  const { centre } = track;
  const outside = indices(track).filter(
    (i) => !track.isOnRoad(centre.points[2 * i] as number, centre.points[2 * i + 1] as number),
  );
  const [first] = outside;
  if (first !== undefined) {
    faults.push(
      `The centre line is outside the road at ${outside.length} of ${centre.count} points (point ${first + 1} the first). Columns are centre x, y, inner x, y, outer x, y.`,
    );
  }
  return faults;
}

function* borderFaults(track: Track): Generator<string> {
  const { centre, inner, outer } = track;
  const turns = Math.sign(centre.areaM2);
  // A figure of eight encloses next to nothing, and so do its borders: which way they run is not to be told.
  const tells = [centre, inner, outer].every((line) => Math.abs(line.areaM2) > 0.02 * line.lengthM ** 2 * 0.25);
  for (const [name, line] of [
    ['inner', inner],
    ['outer', outer],
  ] as const) {
    if (tells && Math.sign(line.areaM2) !== turns) {
      yield `The borders are out of step with the centre line: the ${name} one runs the other way round. Turn its rows round.`;
    }
  }
  if (tells && [inner, outer].some((line) => Math.sign(line.areaM2) !== turns)) return;
  const { widthM, least, leastAt } = trueWidth(track);
  let [worst, at] = [0, 0];
  for (const i of indices(track)) {
    const middle = (k: 0 | 1) => ((inner.points[2 * i + k] as number) + (outer.points[2 * i + k] as number)) / 2;
    const apart = Math.abs(track.locate(middle(0), middle(1)).along - (centre.cumulative[i] as number));
    const aside = Math.min(apart, track.lengthM - apart);
    if (aside > worst) [worst, at] = [aside, i];
  }
  if (worst > widthM) {
    yield `The borders are out of step with the centre line: those of point ${at + 1} lie ${worst.toFixed(2)} m further along the road. Each row is one place: centre, inner, outer.`;
    return;
  }
  if (widthM > widths.most) yield `The road is ${widthM.toFixed(2)} m wide; at most ${widths.most} m can be raced on.`;
  if (least < widths.least) {
    yield `The road is ${(least * 100).toFixed(0)} cm wide at point ${leastAt + 1}; a car needs ${widths.least * 100} cm.`;
  }
}

/** The middle one of the road's widths, measured across it: the points of some routes' borders do not face each other. */
function trueWidth({ centre, inner, outer }: Track): { widthM: number; least: number; leastAt: number } {
  let [least, leastAt] = [Infinity, 0];
  const all: number[] = [];
  for (let i = 0; i < centre.count; i++) {
    const [x, y] = [centre.points[2 * i] as number, centre.points[2 * i + 1] as number];
    const width = inner.nearest(x, y).distance + outer.nearest(x, y).distance;
    if (width < least) [least, leastAt] = [width, i];
    all.push(width);
  }
  return { widthM: all.sort((a, b) => a - b)[all.length >> 1] as number, least, leastAt };
}

const indices = (track: Track): number[] => Array.from({ length: track.centre.count }, (_, i) => i);
