import { words } from '../show-words/index.js';
import { lapTime } from '../times/index.js';

export interface Series {
  readonly alias: string;
  readonly times: readonly (number | null)[];
}

const width = 600;
const height = 180;
const colours = ['var(--accent)', 'var(--series)'];

/** Lap times one after another, as lines; the same in words for who does not see them. */
export function LapChart({ series }: { readonly series: readonly Series[] }) {
  const all = series.flatMap(({ times }) => times.filter((time) => time !== null));
  if (all.length === 0) return null;
  const [fastest, slowest] = [Math.min(...all), Math.max(...all)];
  const laps = Math.max(...series.map(({ times }) => times.length));
  const x = (index: number) => 34 + (index * (width - 48)) / Math.max(1, laps - 1);
  const y = (time: number) => 12 + ((time - fastest) * (height - 40)) / Math.max(1, slowest - fastest);
  return (
    <figure style={{ margin: 0 }}>
      <svg viewBox={`0 0 ${width} ${height}`} width="100%" aria-hidden="true">
        {[fastest, slowest].map((time) => (
          <g key={time}>
            <line x1="0" x2={width} y1={y(time)} y2={y(time)} stroke="var(--line)" />
            <text x="0" y={y(time) + (time === fastest ? 13 : -4)} fontSize="12" fill="var(--ink-2)">
              {lapTime(time)}
            </text>
          </g>
        ))}
        {series.map(({ alias, times }, one) => (
          <g key={alias} stroke={colours[one]} fill={colours[one]}>
            <polyline
              fill="none"
              strokeWidth="2.5"
              points={times.flatMap((time, index) => (time === null ? [] : [`${x(index)},${y(time)}`])).join(' ')}
            />
            {times.map((time, index) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: laps are numbered
              time === null ? null : <circle key={index} cx={x(index)} cy={y(time)} r="4" stroke="none" />,
            )}
          </g>
        ))}
      </svg>
      <figcaption>
        {series.map(({ alias, times }, one) => (
          <div key={alias} style={{ overflowWrap: 'anywhere' }}>
            <span aria-hidden="true" style={{ color: colours[one] }}>
              ●{' '}
            </span>
            {words.show.lapChartOf(alias, times.map((time) => (time === null ? '—' : lapTime(time))).join(', '))}
          </div>
        ))}
      </figcaption>
    </figure>
  );
}
