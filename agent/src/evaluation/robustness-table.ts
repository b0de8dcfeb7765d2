import { percentText } from '@pitwall/protocol';
import { lapTime } from '@pitwall/protocol/ranking';
import { tracePicture } from './policy-trace.js';
import { inWords, type TriedRobustness } from './robustness.js';
import type { RobustnessLevel } from './robustness-result.js';

const titles = {
  light: 'Light from one side',
  blur: 'Blur of motion',
  darker: 'Darker',
  brighter: 'Brighter',
  'tilted-up': 'Camera tilted up',
  'tilted-down': 'Camera tilted down',
  mask: 'Grey above the horizon',
} as const;

/** The part of a report that says where a model breaks, with what its camera saw. */
export function robustnessTable({ robustness, views }: TriedRobustness): string {
  const { plain, series } = robustness;
  const row = (title: string, level: RobustnessLevel, verdict: string) => {
    const { change, completeLaps, laps, meanProgressPct, meanLapTime, offTracks, collisions } = level;
    const view = views.get(level);
    const cells = [
      level === plain ? '' : inWords(change),
      view === undefined ? '' : `<img alt="what the camera saw" src="${bitmap(view)}">`,
      `${completeLaps} of ${laps}`,
      percentText(meanProgressPct, 1),
      meanLapTime === null ? '–' : lapTime(meanLapTime),
      offTracks,
      collisions,
      verdict,
    ];
    return `<tr class="${level.verdict}"><td>${title}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  };
  const rows = series.flatMap(({ name, levels }) =>
    levels.map((level, at) => row(at === 0 ? titles[name] : '', level, level.verdict)),
  );
  const broken = series.flatMap(({ name, breaksAt }) =>
    breaksAt === null ? [] : [`${titles[name].toLowerCase()} (${inWords(breaksAt)})`],
  );
  const summary = broken.length === 0 ? 'It breaks under none of these.' : `It breaks from ${broken.join(', ')} on.`;
  return `<h2>With a changed camera</h2>
<p>${summary} From the same starts as without a change; it <i>breaks</i> where it finishes fewer laps, it is <i>worse</i> where it
is once in two laps or more off the track or in a crash beyond that.</p>
<table><thead><tr><th>Change</th><th></th><th>What it saw</th><th>Complete</th><th>Mean progress</th><th>Mean lap</th><th>Off track</th><th>Crashes</th><th></th></tr></thead><tbody>
${[row('Unchanged', plain, ''), ...rows].join('\n')}
</tbody></table>`;
}

/** A picture of 16 shades as a bitmap file (BITMAPINFOHEADER, 4 bits a point, rows from the bottom up), inside an address. */
function bitmap(shades: Uint8Array): string {
  const { width, height } = tracePicture;
  const [headers, palette] = [14 + 40, 16 * 4];
  const rowBytes = Math.ceil(width / 8) * 4;
  const file = Buffer.alloc(headers + palette + rowBytes * height);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(headers + palette, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(4, 28);
  file.writeUInt32LE(rowBytes * height, 34);
  for (let shade = 0; shade < 16; shade++) file.fill(shade * 17, headers + shade * 4, headers + shade * 4 + 3);
  for (let row = 0; row < height; row++) {
    const at = headers + palette + (height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column += 2) {
      const [left, right] = [shades[row * width + column] ?? 0, shades[row * width + column + 1] ?? 0];
      file[at + column / 2] = (left << 4) | right;
    }
  }
  return `data:image/bmp;base64,${file.toString('base64')}`;
}
