import { z } from 'zod';
import { EpochMs, RacerId } from '../brand.js';

/** `recording`: what the car wrote down (MCAP). `video`: all of the run. `highlight`: its best lap alone, where one counts. Both MP4. */
export const RunFileKind = z.enum(['video', 'highlight', 'recording']);
export type RunFileKind = z.infer<typeof RunFileKind>;

/**
 * `waiting`: for the car, or for its turn. `fetching`: from the car. `making`: the videos. `there`: all that there will be. `failed`: for good,
 * with what there is. `deleted`: somebody asked for it.
 */
export const RunRecordingState = z.enum(['waiting', 'fetching', 'making', 'there', 'failed', 'deleted']);
export type RunRecordingState = z.infer<typeof RunRecordingState>;

/** What there is to take home of one run besides its laps. */
export const RunRecording = z.object({
  runId: z.uuid(),
  racer: RacerId,
  state: RunRecordingState,
  /** What it waits for, or why it failed, in a sentence; null where there is nothing to say. */
  why: z.string().nullable(),
  files: z.array(z.object({ kind: RunFileKind, bytes: z.number().int().nonnegative() })),
  /** Deleted then. */
  until: EpochMs,
  /** Everybody may have it, because its racer said so. */
  shared: z.boolean(),
  /** Whether it is the caller's own, and it is theirs to share. */
  mayShare: z.boolean(),
  mayDelete: z.boolean(),
});
export type RunRecording = z.infer<typeof RunRecording>;

/** GET /api/v1/races/{race}/recordings: those that the caller may have, in the order of the runs. */
export const RunRecordingList = z.object({ recordings: z.array(RunRecording) });
export type RunRecordingList = z.infer<typeof RunRecordingList>;

/** PUT /api/v1/races/{race}/runs/{run}/sharing */
export const ShareRunRecording = z.object({ shared: z.boolean() });
export type ShareRunRecording = z.infer<typeof ShareRunRecording>;
