import { segmentName, type TrackDescription } from './description.js';
import type { Track } from './track.js';

/** The building rules of the physical league's track guide, in metres. */
const inch = 0.0254;
export const buildingRules = {
  widthM: { least: 21 * inch, most: 27 * inch },
  borderM: { least: 1.5 * inch, most: 2.5 * inch },
  dash: { lengthM: 4 * inch, gapM: 2 * inch, toleranceM: 0.5 * inch },
  /** Radius of the outer border, for turns up to 90° and for sharper ones. */
  outerRadiusM: { upTo90: 25 * inch, sharper: 30 * inch },
} as const;

export interface RuleViolation {
  readonly rule: 'width' | 'border' | 'dash' | 'radius';
  /** Index of the segment, or of the point of a route that has no segments. */
  readonly at?: number;
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

/** Every building rule that a description breaks. */
export function ruleViolations(description: TrackDescription): RuleViolation[] {
  const violations: RuleViolation[] = [];
  const { widthM, borderM, dash } = description;
  const { least, most } = buildingRules.widthM;
  if (outside(widthM, least, most)) {
    violations.push({
      rule: 'width',
      message: `The road is ${cm(widthM)} wide; make it 24 ± 3 inches (${cm(least)} to ${cm(most)}).`,
    });
  }
  if (outside(borderM, buildingRules.borderM.least, buildingRules.borderM.most)) {
    violations.push({
      rule: 'border',
      message: `The white borders are ${cm(borderM)} wide; make them about 2 inches.`,
    });
  }
  const { lengthM, gapM, toleranceM } = buildingRules.dash;
  if (Math.abs(dash.lengthM - lengthM) > toleranceM || Math.abs(dash.gapM - gapM) > toleranceM) {
    violations.push({
      rule: 'dash',
      message: `The centre line has dashes of ${cm(dash.lengthM)} and gaps of ${cm(dash.gapM)}; make them 4 and 2 inches (${cm(lengthM)} and ${cm(gapM)}).`,
    });
  }
  for (const { indices, turnDeg } of turnsOf(description)) {
    const needed = requiredRadius(turnDeg);
    for (const at of indices) {
      const segment = description.segments[at];
      if (segment?.kind !== 'arc') continue;
      const outer = segment.radiusM + widthM / 2;
      if (outer < needed - 1e-9) {
        violations.push({
          rule: 'radius',
          at,
          message: `The outer border of ${segmentName(description, at)} has a radius of ${cm(outer)}, in a turn of ${Math.round(turnDeg)}° it needs ${cm(needed)}: make the segment's radius at least ${cm(needed - widthM / 2)}.`,
        });
      }
    }
  }
  return violations;
}

/** The same rules as far as they can be told from the lines of a track alone: width and turn radius. */
export function routeViolations(track: Track): RuleViolation[] {
  const violations: RuleViolation[] = [];
  const { least, most } = buildingRules.widthM;
  const { count } = track.centre;
  const wrong = Array.from({ length: count }, (_, at) => at).filter((at) => outside(track.widthAt(at), least, most));
  const [at] = wrong;
  if (at !== undefined) {
    violations.push({
      rule: 'width',
      at,
      message: `At ${wrong.length} of ${count} points the road is not 24 ± 3 inches wide (${cm(track.widthAt(at))} at point ${at}).`,
    });
  }
  const tightest = smallestRadius(track);
  const outer = tightest.radiusM + track.widthM / 2;
  if (outer < buildingRules.outerRadiusM.upTo90) {
    violations.push({
      rule: 'radius',
      at: tightest.at,
      message: `The outer border's radius at point ${tightest.at} is ${cm(outer)}; it needs ${cm(buildingRules.outerRadiusM.upTo90)}, in turns of more than 90° ${cm(buildingRules.outerRadiusM.sharper)}.`,
    });
  }
  return violations;
}

/**
 * The tightest bend of the centre line: radius of the circle through three of its points that lie at least 0.3 m apart. Only its
 * own points lie on the bend: what is between them lies up to millimetres inside, a tenth of so short a bend's height.
 */
export function smallestRadius(track: Track): { readonly radiusM: number; readonly at: number } {
  let [radiusM, at] = [Infinity, 0];
  const { centre, lengthM } = track;
  const { count, points, cumulative } = centre;
  const alongOf = (i: number) =>
    (cumulative[((i % count) + count) % count] as number) + Math.floor(i / count) * lengthM;
  const pointOf = (i: number) => {
    const index = ((i % count) + count) % count;
    return { x: points[2 * index] as number, y: points[2 * index + 1] as number };
  };
  for (let i = 0; i < count; i++) {
    let [before, after] = [i - 1, i + 1];
    while (alongOf(i) - alongOf(before) < apartM) before--;
    while (alongOf(after) - alongOf(i) < apartM) after++;
    const [a, b, c] = [pointOf(before), pointOf(i), pointOf(after)];
    const twiceArea = Math.abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
    const sides =
      Math.hypot(b.x - a.x, b.y - a.y) * Math.hypot(c.x - b.x, c.y - b.y) * Math.hypot(c.x - a.x, c.y - a.y);
    const radius = sides / (2 * twiceArea);
    if (radius < radiusM) [radiusM, at] = [radius, i];
  }
  return { radiusM, at };
}

const apartM = 0.3;

/** Arcs that follow each other to the same side are one turn, also across the beginning. */
function turnsOf(description: TrackDescription): { indices: number[]; turnDeg: number }[] {
  const turns: { indices: number[]; turnDeg: number; side: number }[] = [];
  let previous = 0;
  description.segments.forEach((segment, index) => {
    const side = segment.kind === 'arc' ? Math.sign(segment.turnDeg) : 0;
    const last = turns.at(-1);
    if (segment.kind === 'arc') {
      if (side === previous && last !== undefined) {
        last.indices.push(index);
        last.turnDeg += Math.abs(segment.turnDeg);
      } else turns.push({ indices: [index], turnDeg: Math.abs(segment.turnDeg), side });
    }
    previous = side;
  });
  const [first, last] = [turns[0], turns.at(-1)];
  const wraps = description.segments[0]?.kind === 'arc' && description.segments.at(-1)?.kind === 'arc';
  if (wraps && first !== undefined && last !== undefined && first !== last && first.side === last.side) {
    first.indices.push(...last.indices);
    first.turnDeg += last.turnDeg;
    turns.pop();
  }
  return turns;
}

const requiredRadius = (turnDeg: number) =>
  turnDeg <= 90 ? buildingRules.outerRadiusM.upTo90 : buildingRules.outerRadiusM.sharper;
const outside = (value: number, least: number, most: number) => value < least - 1e-9 || value > most + 1e-9;
const cm = (metres: number) => `${(metres * 100).toFixed(1)} cm`;
