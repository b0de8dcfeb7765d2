import type { SimtraceRow } from '@pitwall/protocol/simtrace';
import { describe, expect, it } from 'vitest';
import { readTrack } from '../track-file.js';
import { wrongTrack } from './index.js';

const row = (step: number, over: Partial<SimtraceRow> = {}): SimtraceRow => ({
  ...{
    episode: 0,
    step,
    x: step / 10,
    y: 1.25,
    yawDeg: -3.5,
    steeringDeg: 12.5,
    speedMps: 1.5,
    action: 3,
    reward: 0.5,
  },
  ...{
    done: false,
    allWheelsOnTrack: true,
    progressPct: step / 4,
    waypoint: step,
    trackLengthM: 15.94,
    timeS: step / 16,
  },
  ...{ status: 'in_progress', pauseS: 0, crashes: 0, ...over },
});
const rows = Array.from({ length: 20 }, (_, i) => row(i + 1, i === 0 ? { status: 'prepare' } : {}));

describe('a log and a track', () => {
  const oval = readTrack('oval');
  const driven = rows.map((one, i) => ({ ...one, ...oval.at(i), trackLengthM: 15.94 }));
  it('of one place say nothing', () => {
    expect(wrongTrack(driven, oval)).toBeUndefined();
    expect(wrongTrack(driven, oval.reversed())).toBeUndefined();
  });

  it('of different lengths or in different frames are told', () => {
    expect(wrongTrack(driven, readTrack('harbour'))).toMatch(
      /another track: its own is 15\.94 m long, .* is 16\.93 m\./,
    );
    const moved = driven.map((one) => ({ ...one, x: one.x + 20 }));
    expect(wrongTrack(moved, oval)).toMatch(/another track, or in another frame/);
  });
});
