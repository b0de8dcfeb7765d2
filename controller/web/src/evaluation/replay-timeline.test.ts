import type { Replay } from '@pitwall/protocol/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pictures, ReplayTimeline } from './replay-timeline.js';

type Step = Replay['steps'][number];
const step = (
  timeS: number,
  over: { episode?: number; x?: number; yaw?: number; pct?: number; status?: string } = {},
): Step => [
  timeS,
  over.episode ?? 0,
  over.x ?? timeS,
  0,
  over.yaw ?? 0,
  5,
  1,
  over.pct ?? 10 * timeS,
  over.status ?? 'in_progress',
];
const timeline = (...steps: Step[]) => new ReplayTimeline({ steps, laps: [1_066_537, null] } as unknown as Replay);

describe('a timeline', () => {
  it('moves evenly from step to step, the middle of the car behind its front', () => {
    const shown = timeline(step(0), step(0.1), step(0.2));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.2, noNaN: true }), (timeS) => {
        expect(shown.at(timeS)?.x).toBeCloseTo(timeS - 0.14, 9);
      }),
    );
  });

  it('turns the short way round', () => {
    const shown = timeline(step(0, { x: 0, yaw: 179 }), step(0.1, { x: 0, yaw: -179 }));
    expect(shown.at(0.05)?.yawDeg).toBeCloseTo(180, 9);
  });

  it('shows a carried car where it was until it is where it was set down', () => {
    const shown = timeline(step(0, { x: 0 }), step(0.1, { x: 3 }));
    expect([shown.at(0.09)?.x, shown.at(0.1)?.x]).toEqual([-0.14, 2.86]);
  });

  it('stands at its ends', () => {
    const shown = timeline(step(1), step(2));
    expect([shown.at(0)?.step, shown.at(9)?.step]).toEqual([0, 1]);
    expect(timeline().at(1)).toBeUndefined();
  });

  it('knows its laps and what went wrong in them', () => {
    const shown = timeline(
      step(0),
      step(1, { pct: 100 }),
      step(2, { episode: 1, pct: 3, status: 'off_track' }),
      step(3, { episode: 1, pct: 50 }),
    );
    expect(shown.laps).toEqual([
      { lap: 1, fromS: 0, toS: 1, tookS: 16 / 15, time: 1_066_537, finished: true },
      { lap: 2, fromS: 2, toS: 3, tookS: 16 / 15, time: null, finished: false },
    ]);
    expect(shown.incidents).toEqual([{ atS: 2, what: 'left the track' }]);
    expect([0.5, 1.5, 2.5].map((timeS) => shown.lapAt(timeS)?.lap)).toEqual([1, 1, 2]);
  });
});

describe('pictures', () => {
  it('are unpacked from runs of shades, one for every few steps', () => {
    // Two pictures of 20 × 1: sixteen black points and four white ones; twenty of a middle grey.
    const runs = [0x0f, 0xf3, 0x7f, 0x73];
    const pictures = new Pictures({ width: 20, height: 1, everySteps: 3, base64: btoa(String.fromCharCode(...runs)) });
    expect(pictures.count).toBe(2);
    expect([...(pictures.at(2) ?? [])]).toEqual([...Array(16).fill(0), ...Array(4).fill(255)]);
    expect([...(pictures.at(3) ?? [])]).toEqual(Array(20).fill(119));
    expect(pictures.at(6)).toBeUndefined();
  });
});
