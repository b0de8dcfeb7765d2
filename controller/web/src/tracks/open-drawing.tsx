import type { Segment } from '@pitwall/protocol/track';
import { words } from '../staff-words/index.js';
import { MapBox, mapBox, type XY } from '../track/index.js';
import { endOf } from './segments.js';

/** The centre line of what is not closed yet, with its two ends. */
export function OpenDrawing({ segments }: { readonly segments: readonly Segment[] }) {
  const points = pointsAlong(segments);
  const box = mapBox(points, 0.5);
  const [x, y] = points.at(-1) ?? [0, 0];
  return (
    <MapBox>
      <svg
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        role="img"
        aria-label={words.tracks.drawing}
        width="100%"
        height="100%"
      >
        <polyline
          points={points.map(([px, py]) => `${px},${-py}`).join(' ')}
          fill="none"
          stroke="var(--ink)"
          strokeWidth="0.06"
        />
        <circle cx="0" cy="0" r="0.12" fill="var(--accent)" />
        <circle cx={x} cy={-y} r="0.12" fill="none" stroke="var(--accent)" strokeWidth="0.05" />
      </svg>
    </MapBox>
  );
}

/** Bends in steps of 5°. */
export function pointsAlong(segments: readonly Segment[]): XY[] {
  const points: XY[] = [[0, 0]];
  segments.forEach((segment, at) => {
    const before = segments.slice(0, at);
    const steps = segment.kind === 'straight' ? 1 : Math.ceil(Math.abs(segment.turnDeg) / 5);
    for (let step = 1; step <= steps; step += 1) {
      const part = segment.kind === 'straight' ? segment : { ...segment, turnDeg: (segment.turnDeg * step) / steps };
      const { x, y } = endOf([...before, part]);
      points.push([x, y]);
    }
  });
  return points;
}
