import { type ModelMetadata, shortNumber } from '@pitwall/protocol/policy';
import type { Saliency } from './saliency.js';

const zoom = 4;
const [width, height] = [160 * zoom, 120 * zoom];
const barHeight = 18;

/**
 * The frame with a heat map of what the decision rests on, and below it the decision: a bar for each action's probability,
 * or where each mean lies in its range.
 * @param plane 160×120 grey
 * @returns a PNG
 */
export async function drawExplanation(plane: Uint8Array, why: Saliency, metadata: ModelMetadata): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const heat = Buffer.alloc(why.cells.length * 4);
  why.cells.forEach((value, cell) => {
    // From transparent over red to yellow.
    heat.set(
      [255, Math.round(220 * Math.max(0, value - 0.5) * 2), 0, Math.round(190 * Math.min(1, value * 1.5))],
      cell * 4,
    );
  });
  const map = await sharp(heat, { raw: { width: why.columns, height: why.rows, channels: 4 } })
    .resize(width, height, { kernel: 'cubic' })
    .png()
    .toBuffer();
  const frame = await sharp(Buffer.from(plane), { raw: { width: 160, height: 120, channels: 1 } })
    .resize(width, height, { kernel: 'cubic' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
  const bars = barsOf(why, metadata);
  const below = 34 + bars.length * (barHeight + 4) + 8;
  const { steeringDeg, speedMps } = why.decision.action;
  const lines = bars.map(({ label, share, chosen }, at) => {
    const y = 34 + at * (barHeight + 4);
    const colour = chosen ? '#ff9d2e' : '#5b8def';
    return `<text x="150" y="${y + 14}" text-anchor="end">${label}</text>
<rect x="160" y="${y}" width="${width - 180}" height="${barHeight}" fill="#2a2f3a"/>
<rect x="160" y="${y}" width="${Math.max(1, (width - 180) * share).toFixed(1)}" height="${barHeight}" fill="${colour}"/>`;
  });
  const panel = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${below}" font-family="sans-serif" font-size="13" fill="#e8e8e8">
<rect width="100%" height="100%" fill="#14171d"/>
<text x="12" y="22" font-size="15">decides ${steeringDeg.toFixed(1)}° and ${speedMps.toFixed(2)} m/s</text>
${lines.join('\n')}</svg>`;
  return sharp({ create: { width, height: height + below, channels: 3, background: '#14171d' } })
    .composite([
      { input: frame, left: 0, top: 0 },
      { input: map, left: 0, top: 0 },
      { input: Buffer.from(panel), left: 0, top: height },
    ])
    .png()
    .toBuffer();
}

function barsOf(
  { decision }: Saliency,
  { actionSpace }: ModelMetadata,
): { label: string; share: number; chosen: boolean }[] {
  const { output, action } = decision;
  if (actionSpace.kind === 'discrete') {
    return actionSpace.actions.map(({ steeringDeg, speedMps }, index) => ({
      label: `${shortNumber(steeringDeg)}° ${shortNumber(speedMps)} m/s`,
      share: output[index] ?? 0,
      chosen: index === action.index,
    }));
  }
  const within = (value: number, { low, high }: { low: number; high: number }) =>
    high === low ? 1 : Math.min(1, Math.max(0, (value - low) / (high - low)));
  return [
    { label: 'steering', share: within(action.steeringDeg, actionSpace.steeringDeg), chosen: true },
    { label: 'speed', share: within(action.speedMps, actionSpace.speedMps), chosen: true },
  ];
}
