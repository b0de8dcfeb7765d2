import { pairLines } from './pair-lines.js';
import { type Table, tableOf, type Wrong } from './table.js';

type Line = readonly (readonly number[])[];

/** Names of a line in objects and in GeoJSON's properties. */
const roles = {
  centre: /cent(re|er)|middle|waypoint/i,
  inner: /inner|inside/i,
  outer: /outer|outside/i,
} as const;
type Role = keyof typeof roles;

/**
 * Reads a track from JSON that is not ours: rows of numbers, `{waypoints}` as reward functions have them, an object with a
 * line for the centre and each border, GeoJSON (RFC 7946) with lines or a polygon. @throws what `wrong` makes
 */
export function readJsonTable(value: unknown, wrong: Wrong): Table {
  if (isLine(value)) return tableOf(value, wrong);
  if (!isObject(value)) {
    throw wrong('holds no table: its JSON is neither a list of points nor an object. Give rows of numbers.');
  }
  if (typeof value.type === 'string' && (value.coordinates ?? value.geometry ?? value.features) !== undefined) {
    return fromGeoJson(value, wrong);
  }
  const { outline } = value;
  const named = linesIn(isObject(outline) ? outline : value);
  if (named.inner !== undefined && named.outer !== undefined) return fromLines(named, wrong);
  if (named.centre !== undefined) return tableOf(named.centre, wrong);
  const fields = Object.keys(value).slice(0, 5).join(', ') || 'nothing';
  throw wrong(
    `holds ${fields}; it needs segments (a file of ours), waypoints, centre, inner and outer lines, or GeoJSON.`,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isLine = (value: unknown): value is Line =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((row) => Array.isArray(row) && row.length > 0 && row.every((one) => typeof one === 'number'));

type Lines = Partial<Record<Role, Line>>;

function linesIn(value: Readonly<Record<string, unknown>>): Lines {
  const found: Lines = {};
  for (const role of Object.keys(roles) as Role[]) {
    const line = Object.entries(value).find(([key, one]) => roles[role].test(key) && isLine(one))?.[1];
    if (line !== undefined) found[role] = line as Line;
  }
  return found;
}

function fromLines({ centre, inner, outer }: Lines, wrong: Wrong, notes: readonly string[] = []): Table {
  const [a, b] = [inner ?? [], outer ?? []];
  for (const line of [centre ?? [], a, b]) {
    if (line.some((point) => point.length < 2)) throw wrong('has a point with one coordinate; each needs x and y.');
  }
  if (centre !== undefined && centre.length === a.length && a.length === b.length) {
    const row = (i: number) => [centre, a, b].flatMap((line) => line[i]?.slice(0, 2) ?? []);
    return tableOf(
      centre.map((_, i) => row(i)),
      wrong,
      notes,
    );
  }
  return tableOf(pairLines(centre, a, b, wrong), wrong, [
    ...notes,
    centre === undefined
      ? 'Its centre line is laid in the middle between the borders.'
      : 'Its lines have points of their own; each point of the centre line gets the nearest of the borders.',
  ]);
}

function fromGeoJson(value: Readonly<Record<string, unknown>>, wrong: Wrong): Table {
  const lines = linesOf(value, '').filter(({ line }) => line.length > 0);
  for (const { line } of lines) {
    if (!isLine(line)) throw wrong('has GeoJSON coordinates that are no numbers.');
  }
  demandMetres(
    lines.map(({ line }) => line),
    wrong,
  );
  const [only] = lines;
  if (only === undefined) throw wrong('holds GeoJSON without a line or a polygon.');
  if (lines.length === 1) return tableOf(only.line.map(flat), wrong);
  const named: Lines = {};
  for (const { name, line } of lines) {
    const role = (Object.keys(roles) as Role[]).find((one) => roles[one].test(name));
    if (role !== undefined) named[role] ??= line;
  }
  if (named.inner !== undefined && named.outer !== undefined) return fromLines(named, wrong);
  if (lines.length > 3) {
    throw wrong(`holds ${lines.length} lines; name three of them centre, inner and outer in their properties.`);
  }
  // Unnamed: the border that encloses less is the inner one, and the centre line lies between.
  const sorted = lines.map(({ line }) => line).sort((a, b) => areaOf(a) - areaOf(b));
  const [inner, outer] = [sorted[0] as Line, sorted.at(-1) as Line];
  return fromLines(lines.length === 3 ? { inner, outer, centre: sorted[1] as Line } : { inner, outer }, wrong, [
    'Its lines have no names; they are taken for the borders by what they enclose.',
  ]);
}

interface NamedLine {
  readonly name: string;
  readonly line: Line;
}

function linesOf(value: unknown, name: string, depth = 0): NamedLine[] {
  if (!isObject(value) || depth > 8) return [];
  const { type, coordinates, geometry, geometries, features, properties } = value;
  const own = isObject(properties) ? Object.values(properties).filter((one) => typeof one === 'string') : [];
  const called = [name, ...own].join(' ');
  const each = (list: unknown) => (Array.isArray(list) ? list : []);
  const flatten = (list: unknown) => each(list).flatMap((one) => linesOf(one, called, depth + 1));
  switch (type) {
    case 'FeatureCollection':
      return flatten(features);
    case 'Feature':
      return linesOf(geometry, called, depth + 1);
    case 'GeometryCollection':
      return flatten(geometries);
    case 'LineString':
      return [{ name: called, line: each(coordinates) }];
    case 'MultiLineString':
    case 'Polygon':
      return each(coordinates).map((line) => ({ name: called, line: each(line) }));
    case 'MultiPolygon':
      return each(coordinates).flatMap((rings) => each(rings).map((line) => ({ name: called, line: each(line) })));
    default:
      return [];
  }
}

/** A third coordinate is a height. */
const flat = (point: readonly number[]) => point.slice(0, 2);

/** GeoJSON is in degrees by its standard; a track of less than a metre each way, on the globe, is that. */
function demandMetres(lines: readonly Line[], wrong: Wrong): void {
  const points = lines.flat();
  const extent = (axis: 0 | 1) => {
    let [least, most] = [Infinity, -Infinity];
    for (const point of points) {
      least = Math.min(least, point[axis] ?? 0);
      most = Math.max(most, point[axis] ?? 0);
    }
    return most - least;
  };
  if (points.length === 0 || Math.max(extent(0), extent(1)) >= 0.5) return;
  throw wrong('is in degrees on the Earth, as GeoJSON is by its standard; project it to metres.');
}

function areaOf(line: Line): number {
  let twice = 0;
  line.forEach(([x = 0, y = 0], i) => {
    const [nextX = 0, nextY = 0] = line[(i + 1) % line.length] as readonly number[];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}
