import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Random } from '@pitwall/agent/simulator';
import { isPitwallError } from '@pitwall/protocol';
import { parseTrack, type Segment, type Track } from '@pitwall/protocol/track';

/** The track of the demo, and those that are driven in training beside it. */
export const demoCourse = 'harbour';
export const trainingCourses = [demoCourse, 'oval', 'speedway', 'switchback'] as const;
/** Never seen in training: what the model is checked on. */
export const unseenCourses = ['meadow', 'grand-tour'] as const;

/** One of the repository's tracks. */
export function course(name: string): Track {
  const file = fileURLToPath(import.meta.resolve(`@pitwall/protocol/tracks/${name}.json`));
  return parseTrack(readFileSync(file, 'utf8'), `${name}.json`);
}

/** A track that nobody has drawn: a random polygon with rounded corners that keeps the building rules. */
export function randomCourse(random: Random): Track {
  for (;;) {
    const segments = roundedPolygon(random);
    if (segments === undefined) continue;
    const description = {
      version: 1,
      id: 'random',
      name: 'Random course',
      widthM: random.between(0.56, 0.68),
      borderM: random.between(0.042, 0.06),
      dash: { lengthM: 0.1016, gapM: 0.0508, widthM: 0.0254 },
      startLineM: 0,
      lookSeed: 0,
      segments,
    };
    try {
      return parseTrack(JSON.stringify(description), 'A random course');
    } catch (error) {
      // Too tight or crossing itself: the next one may do.
      if (!isPitwallError(error)) throw error;
    }
  }
}

function roundedPolygon(random: Random): Segment[] | undefined {
  const count = 4 + random.below(6);
  const size = random.between(1.8, 4.4);
  const stretch = random.between(1, 1.8);
  const corners = Array.from({ length: count }, (_, i) => {
    const angle = ((i + random.between(-0.25, 0.25)) / count) * 2 * Math.PI;
    const radius = size * random.between(0.6, 1.3);
    return { x: radius * stretch * Math.cos(angle), y: radius * Math.sin(angle) };
  });
  const edges = corners.map((from, i) => {
    const to = corners[(i + 1) % count] as { x: number; y: number };
    return { lengthM: Math.hypot(to.x - from.x, to.y - from.y), heading: Math.atan2(to.y - from.y, to.x - from.x) };
  });
  // bends[i] joins edge i to the next one; what it cuts off both edges is its tangent length.
  const bends = edges.map(({ heading }, i) => {
    const next = (edges[(i + 1) % count] as { heading: number }).heading - heading;
    const turn = next - 2 * Math.PI * Math.round(next / (2 * Math.PI));
    const radiusM = random.between(0.7, 1.7);
    return { turn, radiusM, cutM: radiusM * Math.tan(Math.abs(turn) / 2) };
  });
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    const bend = bends[i] as { turn: number; radiusM: number; cutM: number };
    const before = bends[(i + count - 1) % count] as { cutM: number };
    const lengthM = (edges[i] as { lengthM: number }).lengthM - before.cutM - bend.cutM;
    if (lengthM < 0.1) return undefined;
    segments.push({ kind: 'straight', lengthM });
    if (Math.abs(bend.turn) > 0.01) {
      segments.push({ kind: 'arc', radiusM: bend.radiusM, turnDeg: (bend.turn * 180) / Math.PI });
    }
  }
  return segments;
}
