import { type Replay, replayColumns } from '@pitwall/protocol/api';
import type { Track } from '@pitwall/protocol/track';
import type { JobOutcome } from './checkpoint-job.js';
import { isComplete, lapMicros } from './lap.js';
import { stepsPerPicture, tracePicture } from './policy-trace.js';

/** What a player needs to show a checkpoint's evaluation again; `pictures`: with what its camera saw. */
export function replayOf(
  track: Track,
  { rows, laps, trace, actions }: JobOutcome,
  { pictures }: { pictures: boolean },
): Replay {
  const round = (value: number) => Math.round(value * 10_000) / 10_000;
  const line = ({ points }: { points: Float64Array }) => Array.from(points, round);
  return {
    version: 1,
    track: {
      id: track.id,
      name: track.name,
      lengthM: round(track.lengthM),
      direction: track.direction,
      centre: line(track.centre),
      inner: line(track.inner),
      outer: line(track.outer),
    },
    columns: [...replayColumns],
    steps: rows.map(({ timeS, episode, x, y, yawDeg, steeringDeg, speedMps, progressPct, status }) => [
      round(timeS),
      episode,
      round(x),
      round(y),
      round(yawDeg),
      round(steeringDeg),
      round(speedMps),
      round(progressPct),
      status,
    ]),
    laps: laps.map((lap) => (isComplete(lap) ? lapMicros(lap) : null)),
    actions: actions === null ? null : actions.map(({ steeringDeg, speedMps }) => ({ steeringDeg, speedMps })),
    outputs: trace.outputs.map((output) => [...output]),
    pictures:
      pictures && trace.pictures.length > 0
        ? { ...tracePicture, everySteps: stepsPerPicture, base64: Buffer.from(trace.pictures).toString('base64') }
        : null,
  };
}
