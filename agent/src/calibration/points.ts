import type { Pulses } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import type { CalibrationPoint, CalibrationView } from '@pitwall/protocol/messages';

export type Points = CalibrationView['points'];
export type Output = 'steering' | 'motor';
export interface PulsePair {
  readonly steering: Pulses;
  readonly motor: Pulses;
}

interface Line {
  /** The rest, the end that +1 means (left, forward), and the end that −1 means. */
  readonly points: readonly [rest: CalibrationPoint, plus: CalibrationPoint, minus: CalibrationPoint];
  /** How far the ends may be from the rest, in ns. */
  readonly reach: number;
}
/** A hobby servo turns within ±0.6 ms of its middle, an ESC within ±0.5 ms; a motor's ends are half a way at the most. */
const lines: Readonly<Record<Output, Line>> = {
  steering: { points: ['center', 'left', 'right'], reach: 600_000 },
  motor: { points: ['stop', 'forward', 'reverse'], reach: 300_000 },
};
/** The least way between rest and end: less is no calibration, but a slip. */
const leastWay = 20_000;
const restBetween = [1_000_000, 2_000_000] as const;

export const outputOf = (point: CalibrationPoint): Output =>
  lines.steering.points.includes(point) ? 'steering' : 'motor';
export const isRest = (point: CalibrationPoint): boolean => point === 'center' || point === 'stop';

/** Pulse widths as places that a person can see: `+1` is left and forward. */
export function pointsOf({ steering, motor }: PulsePair): Points {
  const ends = ({ min, max, polarity }: Pulses) => (polarity === 1 ? [max, min] : [min, max]) as [number, number];
  const [left, right] = ends(steering);
  const [forward, reverse] = ends(motor);
  return { center: steering.mid, left, right, stop: motor.mid, forward, reverse };
}

export const polarityOf = (points: Points): CalibrationView['polarity'] => ({
  steering: points.left > points.right ? 1 : -1,
  motor: points.forward > points.reverse ? 1 : -1,
});

/** The inverse of {@link pointsOf}. */
export function pulsesOf(points: Points): PulsePair {
  const polarity = polarityOf(points);
  const pulses = (output: Output): Pulses => {
    const [rest, plus, minus] = lines[output].points;
    return {
      min: Math.min(points[plus], points[minus]),
      mid: points[rest],
      max: Math.max(points[plus], points[minus]),
      polarity: polarity[output],
    };
  };
  return { steering: pulses('steering'), motor: pulses('motor') };
}

/** @throws PitwallError `calibration-invalid` where a point would leave its place: the points are then what they were. */
export function nudged(points: Points, point: CalibrationPoint, by: number): Points {
  const next = { ...points, [point]: points[point] + by };
  const output = outputOf(point);
  const { points: names, reach } = lines[output];
  const [rest, plus, minus] = names.map((name) => next[name]) as [number, number, number];
  const ways = [plus - rest, minus - rest] as const;
  if (rest < restBetween[0] || rest > restBetween[1]) refuse(point, 'must be between 1.0 and 2.0 ms');
  if (ways.some((way) => Math.abs(way) > reach)) refuse(point, `would be over ${reach / 1e6} ms from ${names[0]}`);
  if (ways.some((way) => Math.abs(way) < leastWay)) refuse(point, `would be too near to ${names[0]}`);
  if (ways[0] > 0 === ways[1] > 0) refuse(point, `would be on the wrong side of ${names[0]}`);
  return next;
}

/** What was +1 is −1. */
export function flipped(points: Points, output: Output): Points {
  const [, plus, minus] = lines[output].points;
  return { ...points, [plus]: points[minus], [minus]: points[plus] };
}

function refuse(point: CalibrationPoint, why: string): never {
  throw new PitwallError('calibration-invalid', `The point ${point} ${why}; it stays where it was.`);
}
