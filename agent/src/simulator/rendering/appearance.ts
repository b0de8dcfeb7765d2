import { Random } from '../random.js';

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** Everything about the place that light and paint decide. */
export interface Appearance {
  readonly road: Colour;
  readonly border: Colour;
  readonly dash: Colour;
  readonly field: Colour;
  /** South, east, north, west. */
  readonly walls: readonly [Colour, Colour, Colour, Colour];
  readonly sky: Colour;
  readonly box: Colour;
  readonly botBody: Colour;
  readonly botShell: Colour;
  /** How rough road and field are: a share of their brightness. */
  readonly roadGrain: number;
  readonly fieldGrain: number;
  /** Relative brightness over the room: 1 + x · (−0.5 … 0.5 from west to east) + y · (… south to north). */
  readonly light: { readonly x: number; readonly y: number };
  readonly textureSeed: number;
}

/** The cloud simulator's place, in the greys of its published observations (road 85, field 166, dash 190, border 255, wall 84; `simulate look`). */
const reference: Appearance = {
  road: [71, 86, 115],
  border: [255, 255, 255],
  dash: [250, 185, 60],
  field: [138, 184, 148],
  walls: [
    [70, 88, 98],
    [70, 88, 98],
    [70, 88, 98],
    [70, 88, 98],
  ],
  sky: [182, 182, 182],
  box: [205, 164, 116],
  botBody: [28, 28, 30],
  botShell: [52, 84, 160],
  roadGrain: 0.34,
  fieldGrain: 0.32,
  light: { x: 0, y: 0 },
  textureSeed: 1,
};

/** Seed 0 is the reference; every other seed is the same place under another light, with other paint and floor. */
export function appearanceOf(seed: number): Appearance {
  if (seed === 0) return reference;
  const random = new Random(seed);
  const exposure = random.between(0.75, 1.15);
  const tint = (colour: Colour, spread: number): Colour => {
    const gain = exposure * random.between(1 - spread, 1 + spread);
    const channel = (value: number) => Math.max(0, Math.min(255, value * gain * random.between(0.93, 1.07)));
    return [channel(colour[0]), channel(colour[1]), channel(colour[2])];
  };
  const wall = () => tint(reference.walls[0], 0.7);
  return {
    road: tint(reference.road, 0.3),
    border: tint(reference.border, 0.06),
    dash: tint(reference.dash, 0.15),
    field: tint(reference.field, 0.25),
    walls: [wall(), wall(), wall(), wall()],
    sky: tint(reference.sky, 0.3),
    roadGrain: random.between(0.05, 0.35),
    fieldGrain: random.between(0.05, 0.35),
    light: { x: random.between(-0.3, 0.3), y: random.between(-0.3, 0.3) },
    textureSeed: random.below(0x7fffffff),
    box: tint(reference.box, 0.25),
    botBody: tint(reference.botBody, 0.3),
    botShell: tint([random.between(30, 220), random.between(30, 220), random.between(30, 220)], 0.1),
  };
}

/** How a colour camera's pixel becomes grey in training. */
export const greyOf = ([r, g, b]: Colour) => 0.2989 * r + 0.587 * g + 0.114 * b;
