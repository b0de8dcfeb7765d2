export type XY = readonly [number, number];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** A closed SVG path; y is turned over, as SVG's points down. */
export function closedPath(points: readonly XY[]): string {
  return `${points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(-y)}`).join('')}Z`;
}

/** What a map must show, with a margin all round, m; y turned over. */
export function mapBox(points: readonly XY[], margin: number): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => -y);
  const x = Math.min(...xs) - margin;
  const y = Math.min(...ys) - margin;
  return {
    x: round(x),
    y: round(y),
    width: round(Math.max(...xs) + margin - x),
    height: round(Math.max(...ys) + margin - y),
  };
}

/** The heading at the start line, rad, in the direction of the race. */
export function startHeading(centre: readonly XY[], reversed: boolean): number {
  const [a, b] = [centre[0], centre[Math.min(2, centre.length - 1)]];
  if (a === undefined || b === undefined) return 0;
  const heading = Math.atan2(b[1] - a[1], b[0] - a[0]);
  return reversed ? heading + Math.PI : heading;
}
