import { lapTime } from '@pitwall/protocol/ranking';
import { type VideoFrame, videoRate } from './video-script.js';

/** Even, as H.264's 4:2:0 wants it. */
export const [videoWidth, videoHeight] = [640, 480] as const;

/** A moment as Advanced SubStation Alpha has it (http://www.tcax.org/docs/ass-specs.htm): hours, and hundredths of a second. */
function moment(frame: number): string {
  const hundredths = Math.floor((frame * 100) / videoRate);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(hundredths / 360_000)}:${two(Math.floor(hundredths / 6000) % 60)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

const box = (x: number, y: number, wide: number, high: number) =>
  `m ${x} ${y} l ${x + wide} ${y} ${x + wide} ${y + high} ${x} ${y + high}`;
/** Colours are blue, green, red. */
const shape = (colour: string, alpha: string, path: string) =>
  `{\\an7\\pos(0,0)\\1c&H${colour}&\\1a&H${alpha}&\\bord0\\shad0\\p1}${path}{\\p0}`;

/** What is drawn over the frames, as subtitles: the lap below on the left, steering and throttle below on the right. */
export function drawing(frames: readonly VideoFrame[]): string {
  const line = (layer: number, from: number, to: number, text: string) =>
    `Dialogue: ${layer},${moment(from)},${moment(to)},Pitwall,,0,0,0,,${text}`;
  const still = [
    shape('130D0A', '48', box(0, 400, videoWidth, 80)),
    shape('C9B8AE', '00', `${box(450, 438, 140, 4)} ${box(519, 430, 2, 20)}`),
    shape('45332A', '00', box(612, 410, 14, 56)),
    '{\\an8\\pos(520,458)\\fs15}steering',
  ];
  const each = frames.flatMap(({ steering, throttle, lap, inLap, last, best }, number) => {
    const wheel = Math.round(520 - 70 * Math.max(-1, Math.min(1, steering)));
    const high = Math.round(56 * Math.min(1, Math.abs(throttle)));
    const now = inLap === undefined ? 'Warm-up' : `Lap ${lap}  ${inLap.toFixed(1)}`;
    const laps = `Last ${last === undefined ? '–' : lapTime(last.time)}   Best ${best === undefined ? '–' : lapTime(best.time)}`;
    return [
      `{\\an7\\pos(16,408)\\fs32\\b1}${now}`,
      `{\\an7\\pos(16,448)\\fs20}${laps}`,
      shape('FFE036', '00', box(wheel - 8, 430, 16, 20)),
      ...(high === 0 ? [] : [shape(throttle < 0 ? '6B6BFF' : '84DC3D', '00', box(612, 466 - high, 14, high))]),
    ].map((text) => line(1, number, number + 1, text));
  });
  return `[Script Info]
ScriptType: v4.00+
PlayResX: ${videoWidth}
PlayResY: ${videoHeight}
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Shadow, Alignment
Style: Pitwall,DejaVu Sans,20,&H00FFFFFF,&H00000000,&H00000000,0,1,0,0,7
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
${[...still.map((text) => line(0, 0, frames.length, text)), ...each].join('\n')}
`;
}
