import type { CarId } from '@pitwall/protocol';
import type { LiveMessage, TrackOutline } from '@pitwall/protocol/api';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { useCar } from '../live/index.js';
import { useFrame } from '../shell/index.js';
import { decimal, words } from '../words/index.js';
import { CarShape } from './car-shape.js';
import { closedPath, mapBox, startHeading, type XY } from './outline.js';
import { PoseBuffer } from './pose-buffer.js';
import styles from './track-map.module.css';

const degrees = (radians: number): number => (radians * 180) / Math.PI;

interface MapProps {
  readonly track: TrackOutline;
  readonly direction: TrackOutline['direction'];
  /** The car on the track; null draws none. */
  readonly car: CarId | null;
  /** What else lies on the map: SVG in metres, y turned over. */
  readonly children?: ReactNode;
}

/** The track from above, as it lies, with the car where its telemetry says that it is. */
export function TrackMap({ track, direction, car, children }: MapProps) {
  const { centre, inner, outer } = track.outline;
  const box = mapBox([...outer, ...inner], 0.22);
  const [road, innerEdge, outerEdge] = [closedPath(outer) + closedPath(inner), closedPath(inner), closedPath(outer)];
  return (
    <svg
      className={styles.map}
      viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
      role="img"
      aria-label={words.track.mapOfMetresRoundDriven(
        track.name,
        decimal(track.lengthM, 1),
        words.common.directions[direction],
      )}
    >
      <path className={styles.road} d={road} />
      <path className={styles.edgeShade} d={outerEdge} />
      <path className={styles.edgeShade} d={innerEdge} />
      <path className={styles.edge} d={outerEdge} />
      <path className={styles.edge} d={innerEdge} />
      <path className={styles.dashes} d={closedPath(centre)} />
      <StartLine track={track} reversed={direction !== track.direction} />
      {children}
      {car === null ? null : <MovingCar key={car} car={car} />}
    </svg>
  );
}

const squares = 6;

function StartLine({ track, reversed }: { readonly track: TrackOutline; readonly reversed: boolean }) {
  const { centre, inner, outer } = track.outline;
  const [from, to] = [inner[0] as XY, outer[0] as XY];
  const heading = startHeading(centre, reversed);
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const size = length / squares;
  const across = degrees(Math.atan2(-(to[1] - from[1]), to[0] - from[0]));
  const [x, y] = centre[0] as XY;
  return (
    <>
      <g transform={`translate(${from[0]} ${-from[1]}) rotate(${across})`}>
        {Array.from({ length: squares * 2 }, (_, index) => {
          const [column, row] = [index % squares, Math.floor(index / squares)];
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: the squares never change places
              key={index}
              fill={(column + row) % 2 === 0 ? 'var(--on-alarm)' : 'var(--night)'}
              x={column * size}
              y={(row - 1) * size}
              width={size}
              height={size}
            />
          );
        })}
      </g>
      <path
        fill="none"
        stroke="var(--on-alarm)"
        strokeWidth="0.06"
        strokeLinecap="round"
        d="M0.28 0H0.72M0.58 -0.13L0.72 0L0.58 0.13"
        transform={`translate(${x} ${-y}) rotate(${-degrees(heading)})`}
      />
    </>
  );
}

type CarMessage = Extract<LiveMessage, { car: CarId }>;

function MovingCar({ car }: { readonly car: CarId }) {
  const [poses] = useState(() => new PoseBuffer());
  const body = useRef<SVGGElement>(null);
  const trail = useRef<SVGPolylineElement>(null);
  const hear = useCallback(
    (message: CarMessage) => {
      if (message.type === 'telemetry') poses.hear(message.telemetry, performance.now() * 1000);
    },
    [poses],
  );
  useCar(car, hear);
  useFrame(() => {
    const pose = poses.at(performance.now() * 1000);
    body.current?.setAttribute('visibility', pose === null ? 'hidden' : 'visible');
    trail.current?.setAttribute('visibility', pose === null ? 'hidden' : 'visible');
    if (pose === null) return;
    body.current?.setAttribute('transform', `translate(${pose.x} ${-pose.y}) rotate(${-degrees(pose.yaw)})`);
    // The last messages are newer than what is drawn: the trail ends at the car.
    const way = poses.trail.slice(0, -2).map(({ x, y }) => `${x},${-y}`);
    trail.current?.setAttribute('points', [...way, `${pose.x},${-pose.y}`].join(' '));
  });
  return (
    <g data-testid="car">
      <polyline
        ref={trail}
        fill="none"
        stroke="var(--car)"
        strokeWidth="0.12"
        strokeLinecap="round"
        opacity="0.35"
        visibility="hidden"
      />
      <g ref={body} visibility="hidden" data-car={car}>
        <CarShape />
      </g>
    </g>
  );
}
