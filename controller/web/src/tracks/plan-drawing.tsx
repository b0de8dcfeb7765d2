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
  const size = Math.max(road.width, road.height);
  // Smaller than the road is wide, so that bends which follow each other keep theirs, and still read on paper: 3 mm across A4.
  const text = Math.max(size / 75, Math.min(size / 42, widthM / 3));
  const margin = 4 * text;
  // A piece may begin anywhere, and its number stands outside of the road.
  const beside = 2.4 * text;
  const [x, y] = centre[0] as XY;
  const pieces = segments.map((segment, at) => ({ segment, name: `${at + 1}`, before: segments.slice(0, at) }));
  return (
    <svg
      viewBox={`${road.x - margin} ${road.y - beside} ${road.width + margin + beside} ${road.height + margin + beside}`}
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
        <Piece key={name} {...{ segment, before, widthM, text }} />
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
      {pieces.map(({ segment, name, before }) => (
        <Measure key={name} {...{ segment, before, widthM, text }} />
      ))}
      {pieces.map(({ name, before }) => (
        <PieceNumber key={name} {...{ name, before, widthM, text }} />
      ))}
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

/** To the left of a place on the centre line. */
const left = (at: { x: number; y: number; turnDeg: number }, metres: number): XY => [
  at.x - metres * Math.sin(radians(at.turnDeg)),
  at.y + metres * Math.cos(radians(at.turnDeg)),
];

/** The first `share` of a piece. */
const part = (segment: Segment, share: number): Segment =>
  segment.kind === 'straight'
    ? { ...segment, lengthM: segment.lengthM * share }
    : { ...segment, turnDeg: segment.turnDeg * share };

/** Where a piece begins, a line across the road; of a bend also its radius. */
function Piece({ segment, before, widthM, text }: Omit<PieceProps, 'name'>) {
  const start = endOf(before);
  const beyond = widthM / 2 + 0.35 * text;
  const [[ax, ay], [bx, by]] = [left(start, beyond), left(start, -beyond)];
  return (
    <>
      <path d={`M${ax} ${-ay}L${bx} ${-by}`} stroke={ink} strokeWidth={text / 16} />
      {segment.kind === 'straight' ? null : <Radius {...{ segment, before, text }} />}
    </>
  );
}

/** Outside of the road, where the piece begins. */
function PieceNumber({ name, before, widthM, text }: Omit<PieceProps, 'segment'>) {
  const [x, y] = left(endOf(before), -(widthM / 2 + 1.05 * text));
  return (
    <text x={x} y={-y + text / 3} fontWeight="700" {...onWhite(text)}>
      {name}
    </text>
  );
}

/** A straight's length, or a bend's radius and angle; over all lines. */
function Measure({ segment, before, widthM, text }: Omit<PieceProps, 'name'>) {
  const start = endOf(before);
  if (segment.kind === 'straight')
    return (
      // Not in the middle, where the start line may be.
      <Along at={left(endOf([...before, part(segment, 0.25)]), 0.16 * widthM)} turnDeg={start.turnDeg} text={text}>
        {decimal(lengthOf([segment]), 2)}
      </Along>
    );
  const [[x, y], turnDeg, length] = radiusOf(segment, before);
  return (
    <Along at={[x + 0.5 * length[0], y + 0.5 * length[1]]} turnDeg={turnDeg} text={text}>
      {`R ${decimal(segment.radiusM, 2)} · ${decimal(Math.abs(segment.turnDeg), 1)}°`}
    </Along>
  );
}

/** Words that are read where lines go through them. */
const onWhite = (text: number) =>
  ({ stroke: '#fff', strokeWidth: 0.5 * text, strokeLinejoin: 'round', paintOrder: 'stroke' }) as const;

/** Text along a direction, never upside down, on white where a line goes through it. */
function Along({ at: [x, y], turnDeg, text, children }: { at: XY; turnDeg: number; text: number; children: string }) {
  const turned = ((turnDeg % 180) + 180) % 180;
  const place = `translate(${x} ${-y}) rotate(${-(turned > 90 ? turned - 180 : turned)}) translate(0 ${0.35 * text})`;
  return (
    <text transform={place} {...onWhite(text)}>
      {children}
    </text>
  );
}

/** From a bend's centre to the middle of its centre line: the centre, its direction, and the way there. */
function radiusOf(segment: Extract<Segment, { kind: 'arc' }>, before: readonly Segment[]): readonly [XY, number, XY] {
  const centre = left(endOf(before), Math.sign(segment.turnDeg) * segment.radiusM);
  const { x, y } = endOf([...before, part(segment, 0.5)]);
  const [dx, dy] = [x - centre[0], y - centre[1]];
  return [centre, (Math.atan2(dy, dx) * 180) / Math.PI, [dx, dy]];
}

interface RadiusProps {
  readonly segment: Extract<Segment, { kind: 'arc' }>;
  readonly before: readonly Segment[];
  readonly text: number;
}

function Radius({ segment, before, text }: RadiusProps) {
  const [[x, y], , [dx, dy]] = radiusOf(segment, before);
  return (
    <>
      <path d={`M${x} ${-y}l${dx} ${-dy}`} stroke={ink} strokeWidth={text / 20} />
      <circle cx={x} cy={-y} r={text / 6} />
    </>
  );
}
