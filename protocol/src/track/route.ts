import { boundsOf, demandSize } from './limits.js';
import { areaOf } from './polyline.js';
import { demandRows, type Table, type Wrong } from './table.js';
import { simulatorMarkings, Track } from './track.js';
import { type Unit, unitNames, unitOf, units } from './units.js';

/** What a file of lines does not say of itself. */
export interface RouteOptions {
  /** Absent: what the width of the road tells. */
  readonly unit?: Unit | undefined;
  /** Of the road round a line without borders, m. */
  readonly widthM?: number | undefined;
  /** Joins the end of an open track to its beginning, where the gap is small. */
  readonly close?: boolean | undefined;
}

export interface RouteNames {
  readonly id: string;
  readonly name: string;
  readonly version?: number;
  readonly lookSeed?: number;
}

/** A road's width where nothing says it: the track guide's 24 inches. */
const usualWidthM = 0.6096;
/** An open track may be closed over so much of its length. */
const smallGap = 0.1;
/** UTM coordinates have seven digits before the point. */
const largest = 1e8;

type Points = Float64Array;

/** A file of more points than this is thinned to one a centimetre: the finest route of the cloud service has one in 5. */
const dense = 10_000;
const thinM = 0.01;

/**
 * Makes a track of a table: centre x, y, inner x, y, outer x, y; or a centre line alone, round which a road is laid.
 * @throws what `wrong` makes where it is no ring that can be driven round
 */
export function routeOf(
  table: Table,
  names: RouteNames,
  options: RouteOptions,
  wrong: Wrong,
): { readonly track: Track; readonly notes: readonly string[] } {
  const { rows, columns, values } = table;
  demandRows(rows, columns, wrong);
  const bad = values.findIndex((value) => !(Math.abs(value) < largest));
  if (bad >= 0) {
    const value = values[bad] as number;
    const what = Number.isNaN(value) ? 'no number' : String(value);
    throw wrong(`has a coordinate at point ${Math.floor(bad / columns) + 1} that is ${what}.`);
  }
  const notes = [...table.notes];
  const kept = distinctRows(table);
  if (kept.length < 4) throw wrong('has fewer than 4 different points.');
  const column = (from: number): Points => {
    const points = new Float64Array(2 * kept.length);
    for (const [i, row] of kept.entries()) points.set(row.subarray(from, from + 2), 2 * i);
    return points;
  };
  let centre = column(0);
  let borders = columns === 6 ? ([column(2), column(4)] as const) : undefined;

  const unit = options.unit ?? unitFor(centre, borders, wrong, notes);
  for (const line of [centre, ...(borders ?? [])])
    for (let i = 0; i < line.length; i++) line[i] = (line[i] as number) * units[unit];
  demandSize(`The track ${names.name}`, lengthOf(centre), boundsOf(centre, ...(borders ?? [])));
  demandRing(centre, options.close === true, wrong, notes);
  if (kept.length > dense) [centre, borders] = thinned(centre, borders, notes);

  const [a, b] = borders ?? roadRound(centre, columns, options.widthM, notes);
  const swapped = Math.abs(areaOf(a)) > Math.abs(areaOf(b));
  if (swapped && borders !== undefined) {
    notes.push('Its inner and outer border are exchanged; the one that encloses less is taken for the inner one.');
  }
  const [inner, outer] = swapped ? [b, a] : [a, b];
  const { id, name, version = 1, lookSeed = 0 } = names;
  const track = new Track({ id, name, version, centre, inner, outer, markings: simulatorMarkings, lookSeed });
  return { track, notes };
}

/** Real routes repeat the first point at the end, and some repeat points in between. */
function distinctRows({ rows, columns, values }: Table): Float64Array[] {
  const row = (i: number) => values.subarray(i * columns, (i + 1) * columns);
  const same = (i: number, j: number) => {
    const [a, b] = [row(i), row(j)];
    return Math.hypot((a[0] as number) - (b[0] as number), (a[1] as number) - (b[1] as number)) <= 1e-9;
  };
  const kept: Float64Array[] = [];
  for (let i = 0; i < rows; i++) if (i === 0 || !same(i, i - 1)) kept.push(row(i));
  if (kept.length > 1 && same(0, rows - 1)) kept.pop();
  return kept;
}

function unitFor(centre: Points, borders: readonly [Points, Points] | undefined, wrong: Wrong, notes: string[]): Unit {
  if (borders === undefined) return 'm';
  const width = widthOf(borders);
  const unit = unitOf(width);
  if (unit === undefined) {
    throw wrong(
      `has a road ${round(width)} wide and ${round(lengthOf(centre))} long, which fits a road of 0.6 to 1.5 m in no unit. Give lengths in metres.`,
    );
  }
  if (unit !== 'm') {
    notes.push(
      `Its road is ${round(width)} wide, so its lengths are taken for ${unitNames[unit]}: ${round(width * units[unit])} m wide, ${round(lengthOf(centre) * units[unit])} m long.`,
    );
  }
  return unit;
}

/** Without points that lie nearer than a centimetre to the one before. */
function thinned(
  centre: Points,
  borders: readonly [Points, Points] | undefined,
  notes: string[],
): [Points, [Points, Points] | undefined] {
  const kept: number[] = [];
  for (let i = 0; i < centre.length; i += 2) {
    const last = kept.at(-1);
    const [x, y] = [centre[i] as number, centre[i + 1] as number];
    if (last !== undefined && Math.hypot(x - (centre[last] as number), y - (centre[last + 1] as number)) < thinM)
      continue;
    kept.push(i);
  }
  notes.push(`Of its ${centre.length / 2} points ${kept.length} are kept, one a centimetre.`);
  const thin = (line: Points) => {
    const points = new Float64Array(2 * kept.length);
    for (const [i, from] of kept.entries()) points.set(line.subarray(from, from + 2), 2 * i);
    return points;
  };
  return [thin(centre), borders && [thin(borders[0]), thin(borders[1])]];
}

/** The middle one of the distances of some points of one border from the other, whichever row they stand in. */
function widthOf([a, b]: readonly [Points, Points]): number {
  const step = 2 * Math.max(1, Math.floor(a.length / 200));
  const distances: number[] = [];
  for (let i = 0; i < a.length; i += step) distances.push(distanceTo(b, a[i] as number, a[i + 1] as number));
  return distances.sort((x, y) => x - y)[distances.length >> 1] as number;
}

/** @throws where the end of a line is not where it begins. */
function demandRing(centre: Points, close: boolean, wrong: Wrong, notes: string[]): void {
  const count = centre.length / 2;
  const step = (i: number) => {
    const j = (i + 1) % count;
    return Math.hypot(
      (centre[2 * j] as number) - (centre[2 * i] as number),
      (centre[2 * j + 1] as number) - (centre[2 * i + 1] as number),
    );
  };
  const gapM = step(count - 1);
  const steps = Array.from({ length: count - 1 }, (_, i) => step(i)).sort((x, y) => x - y);
  // Half of all routes that are not closed leave out the last step; no more than that is missing.
  const usual = Math.max(steps[steps.length >> 1] as number, step(0), step(count - 2));
  if (gapM <= 1.5 * usual) return;
  const where = `ends ${gapM.toFixed(2)} m from where it begins`;
  if (gapM > smallGap * lengthOf(centre)) throw wrong(`is open: it ${where}. A race needs a ring.`);
  if (!close)
    throw wrong(`is open: it ${where}. Lay the last points, or ask for it to be closed with a straight (close).`);
  notes.push(`It ${where}, and is closed with a straight.`);
}

/** Borders at equal distances of a centre line. */
function roadRound(
  centre: Points,
  columns: number,
  given: number | undefined,
  notes: string[],
): readonly [Points, Points] {
  const widthM = given ?? usualWidthM;
  const extra = columns === 3 ? ' Its third column is left out.' : '';
  const how = given === undefined ? ', the usual width, as none is given' : '';
  notes.push(
    `It is a line without borders (${columns} columns): a road of ${widthM.toFixed(2)} m is laid round it${how}.${extra} A racing line is no centre line.`,
  );
  const count = centre.length / 2;
  const [left, right] = [new Float64Array(2 * count), new Float64Array(2 * count)];
  for (let i = 0; i < count; i++) {
    const [before, after] = [(i + count - 1) % count, (i + 1) % count];
    const dx = (centre[2 * after] as number) - (centre[2 * before] as number);
    const dy = (centre[2 * after + 1] as number) - (centre[2 * before + 1] as number);
    const scale = widthM / 2 / (Math.hypot(dx, dy) || 1);
    const [x, y] = [centre[2 * i] as number, centre[2 * i + 1] as number];
    left.set([x - dy * scale, y + dx * scale], 2 * i);
    right.set([x + dy * scale, y - dx * scale], 2 * i);
  }
  return areaOf(centre) > 0 ? [left, right] : [right, left];
}

function distanceTo(line: Points, x: number, y: number): number {
  let least = Infinity;
  for (let i = 0; i < line.length; i += 2) {
    const j = (i + 2) % line.length;
    const [ax, ay] = [line[i] as number, line[i + 1] as number];
    const [dx, dy] = [(line[j] as number) - ax, (line[j + 1] as number) - ay];
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2);
  }
  return Math.sqrt(least);
}

function lengthOf(line: Points): number {
  let sum = 0;
  for (let i = 0; i < line.length; i += 2) {
    const j = (i + 2) % line.length;
    sum += Math.hypot((line[j] as number) - (line[i] as number), (line[j + 1] as number) - (line[i + 1] as number));
  }
  return sum;
}

const round = (value: number) => String(Number(value.toPrecision(4)));
