import type { ClosedPolyline, Track } from '@pitwall/protocol/track';
import type { DrivenRow } from './driven-rows.js';
import type { LapRecord } from './lap.js';

/** Slow is violet, fast is yellow: tells speeds apart in print and to the colour-blind. */
export function speedColour(share: number): string {
  const stops = [
    [68, 1, 84],
    [59, 82, 139],
    [33, 145, 140],
    [94, 201, 98],
    [253, 231, 37],
  ] as const;
  const at = Math.min(0.9999, Math.max(0, share)) * (stops.length - 1);
  const [low, high] = [stops[Math.floor(at)], stops[Math.floor(at) + 1]] as [readonly number[], readonly number[]];
  const mixed = low.map((value, i) => Math.round(value + ((high[i] as number) - value) * (at - Math.floor(at))));
  return `rgb(${mixed.join(' ')})`;
}

/** The road as one path: what lies between its borders. */
function roadPath(track: Track): string {
  return `${outline(track.outer)}${outline(track.inner)}`;
}

function outline({ points, count }: ClosedPolyline): string {
  const corners = Array.from({ length: count }, (_, i) => at(points[2 * i] as number, points[2 * i + 1] as number));
  return `M${corners.join('L')}Z`;
}

/** North is up: the picture's y runs against the track's. */
const at = (x: number, y: number) => `${x.toFixed(3)} ${(-y).toFixed(3)}`;

function viewBox(track: Track): string {
  const { minX, minY, maxX, maxY } = track.outer.bounds;
  const margin = 0.3;
  return [minX - margin, -maxY - margin, maxX - minX + 2 * margin, maxY - minY + 2 * margin]
    .map((value) => value.toFixed(2))
    .join(' ');
}

/** Start line, road and dashes; more is drawn over it. */
function trackShapes(track: Track): string {
  const { left, right } = track.startLine;
  return `<path d="${roadPath(track)}" fill="#2f3b4f" fill-rule="evenodd" stroke="#f4f4f0" stroke-width="0.05"/>
<path d="${outline(track.centre)}" fill="none" stroke="#e0a030" stroke-width="0.025" stroke-dasharray="0.1 0.05"/>
<path d="M${at(left.x, left.y)}L${at(right.x, right.y)}" stroke="#e53e3e" stroke-width="0.06"/>`;
}

/** The track seen from above with the driven line, coloured by speed, and where the car left the track. */
export function mapSvg(track: Track, rows: readonly DrivenRow[], laps: readonly LapRecord[], topMps: number): string {
  // Neighbouring steps of one colour make one line.
  const shades = 24;
  const lines: string[] = [];
  let open: { shade: number; points: string[] } | undefined;
  rows.forEach((row, i) => {
    const before = rows[i - 1];
    if (before === undefined || row.drivenMps === 0 || before.episode !== row.episode) {
      close();
      return;
    }
    const shade = Math.round((row.drivenMps / topMps) * shades);
    if (open?.shade !== shade) {
      close();
      open = { shade, points: [at(before.x, before.y)] };
    }
    open.points.push(at(row.x, row.y));
  });
  close();
  function close() {
    if (open !== undefined)
      lines.push(`<path d="M${open.points.join('L')}" stroke="${speedColour(open.shade / shades)}"/>`);
    open = undefined;
  }
  const incidents = laps.flatMap((lap) => lap.incidents);
  const marks = incidents.map(({ x, y, what }) => {
    return `<circle cx="${x.toFixed(3)}" cy="${(-y).toFixed(3)}" r="0.07"><title>${what.replaceAll('_', ' ')}</title></circle>`;
  });
  return `<svg viewBox="${viewBox(track)}" role="img" aria-label="The driven line on the track, coloured by speed">
${trackShapes(track)}
<g fill="none" stroke-width="0.04" stroke-linecap="round" stroke-linejoin="round">
${lines.join('\n')}
</g>
<g fill="#e53e3e" stroke="#fff" stroke-width="0.02">${marks.join('')}</g>
</svg>`;
}

/** A track on its own, as a picture file. */
export function trackSvg(track: Track): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox(track)}">
<rect x="-1000" y="-1000" width="2000" height="2000" fill="#7fae8a"/>
${trackShapes(track)}
</svg>
`;
}
