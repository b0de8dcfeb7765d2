import type { TrackDescription } from '@pitwall/protocol/track';
import { Panel, Soft } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';

/** What fits on A4 or Letter across with the margins that browsers leave, mm: what is wider is printed smaller. */
const sheet = { width: 250, height: 170 } as const;

/** A sheet for each radius: pieces of both borders and the centre line in their true size. */
export function BendTemplates({ description: { segments, widthM } }: { readonly description: TrackDescription }) {
  const radii = [...new Set(segments.flatMap((one) => (one.kind === 'arc' ? [one.radiusM] : [])))].sort(
    (a, b) => a - b,
  );
  if (radii.length === 0) return null;
  return (
    <Panel title={words.tracks.templates}>
      <Soft>{words.tracks.templatesHint}</Soft>
      {radii.map((radiusM) => (
        <Sheet
          key={radiusM}
          radiusM={radiusM}
          lines={[
            [words.tracks.outerBorder, radiusM + widthM / 2],
            [words.tracks.centreLine, radiusM],
            [words.tracks.innerBorder, radiusM - widthM / 2],
          ]}
        />
      ))}
    </Panel>
  );
}

/** By how much an arc falls over half the length of its words, mm: they stand below it. */
const sag = (radius: number): number => radius - Math.sqrt(Math.max(0, radius ** 2 - Math.min(radius, 36) ** 2));

interface SheetProps {
  readonly radiusM: number;
  readonly lines: readonly (readonly [string, number])[];
}

function Sheet({ radiusM, lines }: SheetProps) {
  const { width, height } = sheet;
  let top = 18;
  return (
    <svg
      width={`${width}mm`}
      height={`${height}mm`}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={words.tracks.template(decimal(radiusM, 2))}
      data-true-size
      style={{ display: 'block', breakInside: 'avoid', background: '#fff', marginBottom: '8mm' }}
    >
      <text x="2" y="8" fontSize="6" fontWeight="700" fill="#000">
        {words.tracks.template(decimal(radiusM, 2))}
      </text>
      {lines.map(([what, lineM]) => {
        const radius = lineM * 1000;
        // As much of the arc as goes across the sheet, and no more than a quarter of a circle.
        const half = Math.min(width / 2 - 2, radius * Math.SQRT1_2);
        const drop = radius - Math.sqrt(radius ** 2 - half ** 2);
        const y = top;
        top += drop + 12;
        return (
          <g key={what}>
            <path
              d={`M${width / 2 - half} ${y + drop}A${radius} ${radius} 0 0 1 ${width / 2 + half} ${y + drop}`}
              fill="none"
              stroke="#000"
              strokeWidth="0.6"
            />
            <text x={width / 2} y={y + 6 + sag(radius)} fontSize="4.500" textAnchor="middle" fill="#000">
              {words.tracks.templateLine(what, decimal(lineM, 3))}
            </text>
          </g>
        );
      })}
      <path d={`M2 ${height - 6}h100m0-2v4m-100 0v-4`} fill="none" stroke="#000" strokeWidth="0.5" />
      <text x="106" y={height - 4.5} fontSize="4.500" fill="#000">
        {words.tracks.bar}
      </text>
    </svg>
  );
}
