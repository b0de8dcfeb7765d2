import type { TrackOutline } from '@pitwall/protocol/api';
import type { Segment, TrackDescription } from '@pitwall/protocol/track';
import { decimal, words } from '../staff-words/index.js';
import { closedPath, mapBox, startHeading, type XY } from '../track/index.js';
import { endOf, lengthOf } from './segments.js';

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const ink = '#000';

interface PlanProps {
  readonly track: TrackOutline;
  readonly description: TrackDescription;
}

/** The road from above, black on white, with dimension lines: the room it needs, its width, and each piece's length or radius. */
export function PlanDrawing({ track, description: { segments, widthM } }: PlanProps) {
  const { centre, inner, outer } = track.outline;
  const road = mapBox([...outer, ...inner], 0);
  const text = Math.max(road.width, road.height) / 42;
  const margin = 4 * text;
  const [x, y] = centre[0] as XY;
  const pieces = segments.map((segment, at) => ({ segment, name: `${at + 1}`, before: segments.slice(0, at) }));
  return (
    <svg
      viewBox={`${road.x - margin} ${road.y - text} ${road.width + margin + text} ${road.height + margin + text}`}
      role="img"
      aria-label={words.tracks.plan(track.name)}
      style={{ width: '100%', background: '#fff', breakInside: 'avoid' }}
      fontSize={text}
      fill={ink}
      stroke="none"
      textAnchor="middle"
    >
      <g fill="none" stroke={ink} strokeWidth={text / 12}>
        <path d={closedPath(outer)} />
        <path d={closedPath(inner)} />
        <path d={closedPath(centre)} strokeDasharray={`${text} ${text / 2}`} strokeWidth={text / 24} />
      </g>
      {pieces.map(({ segment, name, before }) => (
        <Piece key={name} {...{ segment, name, before, widthM, text }} />
      ))}
      <g transform={`translate(${x} ${-y}) rotate(${(-startHeading(centre, false) * 180) / Math.PI})`}>
        <path d={`M0 ${-widthM / 2}V${widthM / 2}`} stroke={ink} strokeWidth={text / 4} />
        <path
          d={`M${text / 2} 0H${3 * text}m${-text} ${-text / 2}l${text} ${text / 2}l${-text} ${text / 2}`}
          fill="none"
          stroke={ink}
          strokeWidth={text / 8}
        />
      </g>
      <Dimension from={[road.x, road.y + road.height + 1.6 * text]} lengthM={road.width} text={text} />
      <g transform={`translate(${road.x - 1.6 * text} ${road.y + road.height}) rotate(-90)`}>
        <Dimension from={[0, 0]} lengthM={road.height} text={text} />
      </g>
    </svg>
  );
}

interface DimensionProps {
  /** Its left end, in the drawing's coordinates. */
  readonly from: XY;
  readonly lengthM: number;
  readonly text: number;
}

/** A dimension line to the right, its ends marked, its length above it. */
function Dimension({ from: [x, y], lengthM, text }: DimensionProps) {
  const tick = text / 2;
  return (
    <>
      <path
        d={`M${x} ${y}h${lengthM}M${x} ${y - tick}v${2 * tick}M${x + lengthM} ${y - tick}v${2 * tick}`}
        fill="none"
        stroke={ink}
        strokeWidth={text / 14}
      />
      <text x={x + lengthM / 2} y={y - text / 3}>
        {words.tracks.metres(decimal(lengthM, 2))}
      </text>
    </>
  );
}

interface PieceProps {
  readonly segment: Segment;
  readonly name: string;
  readonly before: readonly Segment[];
  readonly widthM: number;
  readonly text: number;
}

/** Where a piece begins, a line across the road with its number; its length along a straight, or its radius from a bend's centre. */
function Piece({ segment, name, before, widthM, text }: PieceProps) {
  const start = endOf(before);
  const beyond = widthM / 2 + 0.35 * text;
  const left = (at: { x: number; y: number; turnDeg: number }, metres: number): XY => [
    at.x - metres * Math.sin(radians(at.turnDeg)),
    at.y + metres * Math.cos(radians(at.turnDeg)),
  ];
  const [[ax, ay], [bx, by]] = [left(start, beyond), left(start, -beyond)];
  const half: Segment =
    segment.kind === 'straight'
      ? { ...segment, lengthM: segment.lengthM / 2 }
      : { ...segment, turnDeg: segment.turnDeg / 2 };
  const middle = endOf([...before, half]);
  const number = left(start, -(beyond + 0.7 * text));
  return (
    <>
      <path d={`M${ax} ${-ay}L${bx} ${-by}`} stroke={ink} strokeWidth={text / 16} />
      <text x={number[0]} y={-number[1] + text / 3} fontWeight="700">
        {name}
      </text>
      {segment.kind === 'straight' ? (
        <Along at={left(middle, 0.16 * widthM)} turnDeg={start.turnDeg}>
          {decimal(lengthOf([segment]), 2)}
        </Along>
      ) : (
        <Radius
          middle={[middle.x, middle.y]}
          centre={left(start, Math.sign(segment.turnDeg) * segment.radiusM)}
          text={text}
        >
          {`R ${decimal(segment.radiusM, 2)} · ${decimal(Math.abs(segment.turnDeg), 1)}°`}
        </Radius>
      )}
    </>
  );
}

/** Text along a direction, never upside down. */
function Along({ at: [x, y], turnDeg, children }: { at: XY; turnDeg: number; children: string }) {
  const turned = ((turnDeg % 180) + 180) % 180;
  return <text transform={`translate(${x} ${-y}) rotate(${-(turned > 90 ? turned - 180 : turned)})`}>{children}</text>;
}

/** A radius: from the bend's centre to the middle of its centre line, its measure along it. */
function Radius({ middle, centre, text, children }: { middle: XY; centre: XY; text: number; children: string }) {
  const [dx, dy] = [middle[0] - centre[0], middle[1] - centre[1]];
  const turnDeg = (Math.atan2(dy, dx) * 180) / Math.PI;
  const at: XY = [centre[0] + 0.5 * dx, centre[1] + 0.5 * dy];
  return (
    <>
      <path d={`M${centre[0]} ${-centre[1]}L${middle[0]} ${-middle[1]}`} stroke={ink} strokeWidth={text / 20} />
      <circle cx={centre[0]} cy={-centre[1]} r={text / 6} />
      <g stroke="#fff" strokeWidth={text / 4} style={{ paintOrder: 'stroke' }}>
        <Along at={at} turnDeg={turnDeg}>
          {children}
        </Along>
      </g>
    </>
  );
}
