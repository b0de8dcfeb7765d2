import type { TrackOutline } from '@pitwall/protocol/api';
import { useMemo, useRef } from 'react';
import type { XY } from '../track/index.js';
import { words } from '../words/index.js';
import { behind, distance, type Eye, type Pixel, type Point, project } from './perspective.js';
import type { Frame } from './replay-timeline.js';
import { type Draw, useMoment } from './use-moment.js';

/** A car that is seen, and its colour as CSS has it. */
export interface ChasedCar {
  readonly frame: Frame;
  readonly colour: string;
}

interface Props {
  readonly track: TrackOutline;
  /** All that drive now; the first is followed. */
  readonly cars: () => readonly ChasedCar[];
  readonly register: (draw: Draw) => () => void;
}

const [width, height] = [960, 540];
/** Farther off nothing of the road is drawn, m. */
const sight = 25;

/** The track as somebody sees it who flies behind a car. */
export default function ChaseView({ track, cars, register }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const road = useMemo(() => roadOf(track), [track]);
  useMoment(register, () => {
    const context = canvas.current?.getContext('2d');
    const all = cars();
    const [first] = all;
    if (context == null || canvas.current === null || first === undefined) return;
    const style = getComputedStyle(canvas.current);
    const colour = (name: string) => style.getPropertyValue(name);
    const eye = behind(first.frame);
    const fill = (polygon: readonly Point[], how: string) => paint(context, project(polygon, eye, width, height), how);
    const horizon = height / 2 - 0.8 * width * Math.tan(eye.down);
    context.fillStyle = colour('--night');
    context.fillRect(0, 0, width, height);
    context.fillStyle = colour('--infield');
    context.fillRect(0, Math.max(0, horizon), width, height);
    for (const { surface, edges, dash } of road) {
      if (distance(surface[0] as Point, eye) > sight) continue;
      fill(surface, colour('--road'));
      for (const edge of edges) fill(edge, colour('--road-edge'));
      if (dash !== null) fill(dash, colour('--lane'));
    }
    const start = road[0];
    if (start !== undefined) fill(start.line, colour('--on-alarm'));
    const far = (frame: Frame) => distance([frame.x, frame.y, 0], eye);
    for (const car of all.toSorted((a, b) => far(b.frame) - far(a.frame))) paintCar(context, car, eye, colour);
  });
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      role="img"
      aria-label={words.evaluation.behindTheCar}
      data-testid="chase"
      style={{ display: 'block', width: '100%', borderRadius: '0.6rem', background: 'var(--night)' }}
    />
  );
}

interface Piece {
  readonly surface: readonly Point[];
  readonly edges: readonly (readonly Point[])[];
  readonly dash: readonly Point[] | null;
  /** Across the road where the piece begins. */
  readonly line: readonly Point[];
}

/** The road from one point of its borders to the next, painted lines and all. Both borders have as many points. */
function roadOf({ outline: { inner, outer, centre } }: TrackOutline): Piece[] {
  const flat = ([x, y]: XY): Point => [x, y, 0];
  const toward = ([x, y]: XY, [x1, y1]: XY, m: number): XY => {
    const length = Math.hypot(x1 - x, y1 - y) || 1;
    return [x + (m * (x1 - x)) / length, y + (m * (y1 - y)) / length];
  };
  return inner.map((a, index) => {
    const next = (index + 1) % inner.length;
    const [b, c, d] = [inner[next] as XY, outer[next] as XY, outer[index] as XY];
    const [from, to] = [centre[index] as XY, centre[next] as XY];
    const band = (p: XY, q: XY, pIn: XY, qIn: XY) =>
      [p, q, toward(q, qIn, 0.05), toward(p, pIn, 0.05)].map((point) => flat(point));
    const dash = [toward(from, a, 0.025), toward(to, b, 0.025), toward(to, c, 0.025), toward(from, d, 0.025)].map(
      (point) => flat(point),
    );
    return {
      surface: [a, b, c, d].map(flat),
      edges: [band(a, b, d, c), band(d, c, a, b)],
      dash: index % 4 < 2 ? dash : null,
      line: [a, toward(a, b, 0.12), toward(d, c, 0.12), d].map(flat),
    };
  });
}

function paint(context: CanvasRenderingContext2D, corners: readonly Pixel[], how: string): void {
  const [first, ...rest] = corners;
  if (first === undefined) return;
  context.beginPath();
  context.moveTo(...first);
  for (const corner of rest) context.lineTo(...corner);
  context.closePath();
  context.fillStyle = how;
  context.fill();
}

/** Half of a car's length and width, and its height, m: a 1/18 car with its shell. */
const body = { length: 0.16, width: 0.1, height: 0.13 };

function paintCar(
  context: CanvasRenderingContext2D,
  { frame: { x, y, yawDeg }, colour: name }: ChasedCar,
  eye: Eye,
  colour: (name: string) => string,
): void {
  const yaw = (yawDeg * Math.PI) / 180;
  const corner = (ahead: number, left: number, up: number): Point => [
    x + ahead * body.length * Math.cos(yaw) - left * body.width * Math.sin(yaw),
    y + ahead * body.length * Math.sin(yaw) + left * body.width * Math.cos(yaw),
    up * body.height,
  ];
  const around: readonly (readonly [number, number])[] = [
    [-1, 1],
    [1, 1],
    [1, -1],
    [-1, -1],
  ];
  const sides = around.map(([ahead, left], index) => {
    const [ahead2, left2] = around[(index + 1) % 4] as readonly [number, number];
    return [
      corner(ahead, left, 0.15),
      corner(ahead2, left2, 0.15),
      corner(0.85 * ahead2, 0.85 * left2, 1),
      corner(0.85 * ahead, 0.85 * left, 1),
    ];
  });
  const far = (side: readonly Point[]) => Math.max(...side.slice(0, 2).map((point) => distance(point, eye)));
  const draw = (polygon: readonly Point[], how: string) => paint(context, project(polygon, eye, width, height), how);
  draw(
    around.map(([ahead, left]) => corner(1.15 * ahead, 1.2 * left, 0)),
    colour('--car-ink'),
  );
  for (const side of sides.toSorted((a, b) => far(b) - far(a))) {
    draw(side, colour(name));
    context.globalAlpha = 0.35;
    draw(side, colour('--car-ink'));
    context.globalAlpha = 1;
  }
  draw(
    around.map(([ahead, left]) => corner(0.85 * ahead, 0.85 * left, 1)),
    colour(name),
  );
}
