import { ClosedPolyline, type Track } from '@pitwall/protocol/track';
import { carMeasures } from './car.js';

const stepM = 0.05;
const rounds = 1500;

/** The smoothest line between the borders that keeps all wheels on the road with `marginM` to spare. */
export function racingLine(track: Track, marginM = 0.05): ClosedPolyline {
  const count = Math.round(track.lengthM / stepM);
  const reach = Math.max(0, track.widthM / 2 - carMeasures.widthM / 2 - marginM);
  const places = Array.from({ length: count }, (_, i) => track.at((i / count) * track.lengthM));
  const normals = places.map(({ heading }) => ({ x: -Math.sin(heading), y: Math.cos(heading) }));
  const offsets = new Float64Array(count);
  const xs = Float64Array.from(places, (place) => place.x);
  const ys = Float64Array.from(places, (place) => place.y);
  // Each point in turn moves along its normal to where the fourth difference, a bend's energy, is least.
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < count; i++) {
      const n = normals[i] as { x: number; y: number };
      const at = (values: Float64Array, k: number) => values[(i + k + count) % count] as number;
      const smooth = (values: Float64Array) =>
        (4 * (at(values, -1) + at(values, 1)) - at(values, -2) - at(values, 2)) / 6;
      const shift = (smooth(xs) - (xs[i] as number)) * n.x + (smooth(ys) - (ys[i] as number)) * n.y;
      const offset = Math.max(-reach, Math.min(reach, (offsets[i] as number) + shift));
      const place = places[i] as { x: number; y: number };
      offsets[i] = offset;
      xs[i] = place.x + n.x * offset;
      ys[i] = place.y + n.y * offset;
    }
  }
  return new ClosedPolyline(Float64Array.from({ length: 2 * count }, (_, k) => (k & 1 ? ys : xs)[k >> 1] as number));
}
