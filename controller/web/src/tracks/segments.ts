import type { Segment } from '@pitwall/protocol/track';

export interface End {
  readonly x: number;
  readonly y: number;
  /** Degrees, all turns added up: 360 or −360 where a track has come round. */
  readonly turnDeg: number;
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** How an arc moves on that begins at the origin in this direction. */
function arcMove(radiusM: number, turnDeg: number, fromDeg: number): readonly [number, number] {
  const side = Math.sign(turnDeg);
  const [from, to] = [radians(fromDeg), radians(fromDeg + turnDeg)];
  return [radiusM * side * (Math.sin(to) - Math.sin(from)), radiusM * side * (Math.cos(from) - Math.cos(to))];
}

/** Where the segments end that begin at the origin, heading along x. */
export function endOf(segments: readonly Segment[]): End {
  let end: End = { x: 0, y: 0, turnDeg: 0 };
  for (const segment of segments) {
    const { x, y, turnDeg } = end;
    if (segment.kind === 'straight') {
      const [cos, sin] = [Math.cos(radians(turnDeg)), Math.sin(radians(turnDeg))];
      end = { x: x + segment.lengthM * cos, y: y + segment.lengthM * sin, turnDeg };
    } else {
      const [dx, dy] = arcMove(segment.radiusM, segment.turnDeg, turnDeg);
      end = { x: x + dx, y: y + dy, turnDeg: turnDeg + segment.turnDeg };
    }
  }
  return end;
}

/** Less than this is missing where a track counts as closed, m and degrees: what the builder spreads over its length. */
const closed = { metres: 0.01, degrees: 0.2 } as const;
const shortest = 0.01;
/** Radii that bends get which close a track, m. */
const radii = [1, 0.9, 0.8, 1.2, 1.5, 0.7, 0.6, 2, 2.5, 3];

export const isClosed = (segments: readonly Segment[]): boolean => {
  const { x, y, turnDeg } = endOf(segments);
  return Math.hypot(x, y) <= closed.metres && Math.abs(Math.abs(turnDeg) - 360) <= closed.degrees;
};

/**
 * What leads from the end back to the beginning: straights and one or two bends; undefined where no such way does. Of the ways with
 * the radii that bends get here it is the one with the fewest pieces, then the shortest.
 */
export function closing(segments: readonly Segment[]): Segment[] | undefined {
  const { x, y, turnDeg } = endOf(segments);
  const ways = [360, -360].flatMap((round) =>
    splits(round - turnDeg).flatMap((turns) => radii.flatMap((radiusM) => waysBack(x, y, turnDeg, turns, radiusM))),
  );
  return ways
    .filter((way) => isClosed([...segments, ...way]))
    .sort((a, b) => a.length - b.length || lengthOf(a) - lengthOf(b))[0];
}

/** A turn in one bend or in two, none of more than 270°. */
function splits(turnDeg: number): number[][] {
  if (Math.abs(turnDeg) <= closed.degrees) return [[]];
  const isBend = (part: number) => Math.abs(part) >= 5 && Math.abs(part) <= 270;
  const firsts = Array.from({ length: 35 }, (_, i) => 15 * (i - 17));
  const pairs = firsts.map((first) => [first, turnDeg - first]).filter((pair) => pair.every(isBend));
  return isBend(turnDeg) ? [[turnDeg], ...pairs] : pairs;
}

export const lengthOf = (segments: readonly Segment[]): number =>
  segments.reduce(
    (sum, one) => sum + (one.kind === 'straight' ? one.lengthM : one.radiusM * radians(Math.abs(one.turnDeg))),
    0,
  );

/** Straights before, between and after bends of these turns: two of them make up for what is missing, wherever that is possible. */
function waysBack(x: number, y: number, heading: number, turns: readonly number[], radius: number): Segment[][] {
  const [only, more] = turns;
  // Back the way it came: how far the two lie apart tells the radius.
  const isHalf = more === undefined && only !== undefined && Math.abs(Math.abs(only) - 180) < 1e-6;
  const radiusM = isHalf && Math.abs(Math.sin(radians(heading))) < 1e-6 ? Math.abs(y) / 2 : radius;
  if (radiusM < 0.05) return [];
  let [missingX, missingY, to] = [-x, -y, heading];
  const headings = [heading];
  for (const turn of turns) {
    const [dx, dy] = arcMove(radiusM, turn, to);
    [missingX, missingY, to] = [missingX - dx, missingY - dy, to + turn];
    headings.push(to);
  }
  const ways: Segment[][] = [];
  for (const lengths of lengthsOf(headings, missingX, missingY)) {
    const bends = turns.map((turn): Segment => ({ kind: 'arc', radiusM: short(radiusM), turnDeg: short(turn) }));
    ways.push(lengths.flatMap((length, at) => [...straights([length]), ...bends.slice(at, at + 1)]));
  }
  return ways;
}

/** Lengths along these headings, none negative and all but two zero, that together lead there. */
function lengthsOf(headings: readonly number[], x: number, y: number): number[][] {
  const found: number[][] = [];
  const put = (at: readonly (readonly [number, number])[]) => {
    if (at.some(([, length]) => length < -1e-9)) return;
    found.push(headings.map((_, i) => at.find(([index]) => index === i)?.[1] ?? 0));
  };
  headings.forEach((first, i) => {
    const [cos, sin] = [Math.cos(radians(first)), Math.sin(radians(first))];
    if (Math.abs(x * sin - y * cos) < closed.metres / 2) put([[i, x * cos + y * sin]]);
    headings.slice(i + 1).forEach((second, more) => {
      const [cos2, sin2] = [Math.cos(radians(second)), Math.sin(radians(second))];
      const area = cos * sin2 - sin * cos2;
      if (Math.abs(area) < 1e-6) return;
      put([
        [i, (x * sin2 - y * cos2) / area],
        [i + 1 + more, (cos * y - sin * x) / area],
      ]);
    });
  });
  return found;
}

const straights = (lengths: readonly number[]): Segment[] =>
  lengths.filter((lengthM) => lengthM >= shortest).map((lengthM) => ({ kind: 'straight', lengthM: short(lengthM) }));
const short = (value: number): number => Math.round(value * 10_000) / 10_000;
