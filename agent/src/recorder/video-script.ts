import { readFile } from 'node:fs/promises';
import { PitwallError, parseJson } from '@pitwall/protocol';
import { z } from 'zod';
import { channels, SetpointRecord } from './channels.js';
import { jsonOf, type RawMessage } from './read-recording.js';

/** Frames a second of a video: half of what a car's camera gives, enough to see every move of the wheels. */
export const videoRate = 15;
/** The longest highlight, s. */
export const longestHighlight = 60;
/** Seconds after which a picture that stays the same is left out: the car stood, or did not record. */
const longestGap = 1;

export interface RecordedLap {
  readonly lap: number;
  /** µs. */
  readonly time: number;
  readonly valid: boolean;
  /** s after the first picture, when the car heard of it. */
  readonly at: number;
}

/** What is shown for one frame of the video. */
export interface VideoFrame {
  /** The picture's number in the recording. */
  readonly picture: number;
  /** Shares of full lock (positive left) and of full throttle. */
  readonly steering: number;
  readonly throttle: number;
  /** s in the lap under way; absent before the first one began. */
  readonly inLap?: number;
  readonly lap: number;
  readonly last?: RecordedLap;
  readonly best?: RecordedLap;
}

/** What of a recording a video needs, in its order. Pictures stay in the file. */
export interface VideoSource {
  /** s after the first picture. */
  readonly pictures: readonly number[];
  readonly setpoints: readonly { readonly at: number; readonly steering: number; readonly throttle: number }[];
  readonly laps: readonly RecordedLap[];
  /** Of its pictures, which are all alike. */
  readonly format: 'jpeg' | 'png';
}

const Format = z.object({ format: z.enum(['jpeg', 'png']) });
/** `at`: when it ended, ms since 1970 by the car's clock. `time`: µs. */
const CountedLap = z.object({ lap: z.number(), time: z.number(), valid: z.boolean(), at: z.number() });
export type CountedLap = z.infer<typeof CountedLap>;

/** @throws PitwallError `not-found`, `message-invalid` */
export async function readLaps(path: string): Promise<CountedLap[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no file ${path}.`, { cause });
  });
  return parseJson(z.array(CountedLap), text, path);
}

const LapRecord = z.object({ lap: z.number(), time: z.number(), valid: z.boolean() });

/** Reads all but the pictures themselves. @param counted instead of the laps in it */
export async function readVideoSource(
  messages: AsyncIterable<RawMessage>,
  counted?: readonly CountedLap[],
): Promise<VideoSource> {
  const [pictures, setpoints, laps] = [[] as bigint[], [] as RawMessage[], [] as RawMessage[]];
  let format: VideoSource['format'] = 'jpeg';
  for await (const message of messages) {
    if (message.topic === channels.camera.topic) {
      if (pictures.length === 0) format = Format.parse(jsonOf(message.data)).format;
      pictures.push(message.at);
    } else if (message.topic === channels.setpoint.topic) setpoints.push(message);
    else if (message.topic === channels.lap.topic) laps.push(message);
  }
  const first = pictures[0] ?? 0n;
  const since = (at: bigint) => Number(at - first) / 1e9;
  return {
    format,
    pictures: pictures.map(since),
    setpoints: setpoints.map(({ at, data }) => ({ at: since(at), ...SetpointRecord.parse(jsonOf(data)) })),
    laps:
      counted?.map((lap) => ({ ...lap, at: since(BigInt(Math.round(lap.at * 1e3)) * 1000n) })) ??
      laps.map(({ at, data }) => ({ at: since(at), ...LapRecord.parse(jsonOf(data)) })),
  };
}

/**
 * Which picture is shown when, with what: the whole recording, or as a highlight its best lap that counts, which is at most
 * {@link longestHighlight} long. Empty where there is no picture, or no lap for a highlight.
 */
export function videoScript({ pictures, setpoints, laps }: VideoSource, highlight: boolean): VideoFrame[] {
  const valid = laps.filter((lap) => lap.valid);
  const bestOf = (some: readonly RecordedLap[]) =>
    some.reduce<RecordedLap | undefined>(
      (best, lap) => (best === undefined || lap.time < best.time ? lap : best),
      undefined,
    );
  const best = bestOf(valid);
  if (pictures.length === 0 || (highlight && best === undefined)) return [];
  const lastOf = <T extends { readonly at: number }>(all: readonly T[], at: number) =>
    all.findLast((one) => one.at <= at);
  // With half a second before and after, to see it cross the line.
  const from = highlight ? Math.max(0, best!.at - best!.time / 1e6 - 0.5) : 0;
  const end = pictures.at(-1)! + 1 / videoRate;
  const to = highlight ? Math.min(end, best!.at + 0.5, from + longestHighlight) : end;
  const frames: VideoFrame[] = [];
  for (let number = 0; from + number / videoRate < to; number += 1) {
    const at = from + number / videoRate;
    const picture = pictures.findLastIndex((one) => one <= at);
    if (picture < 0 || at - pictures[picture]! > longestGap) continue;
    const driven = lastOf(setpoints, at);
    const last = lastOf(laps, at);
    const bestSoFar = bestOf(valid.filter((lap) => lap.at <= at));
    frames.push({
      picture,
      steering: driven?.steering ?? 0,
      throttle: driven?.throttle ?? 0,
      ...lapUnderWay(laps, last, at),
      ...(last === undefined ? {} : { last }),
      ...(bestSoFar === undefined ? {} : { best: bestSoFar }),
    });
  }
  return frames;
}

/** The lap that ends later and began before; after the last one that ended, the next. */
function lapUnderWay(
  laps: readonly RecordedLap[],
  last: RecordedLap | undefined,
  at: number,
): Pick<VideoFrame, 'lap' | 'inLap'> {
  const began = ({ at: end, time }: RecordedLap) => end - time / 1e6;
  const underWay = laps.find((lap) => lap.at > at && began(lap) <= at);
  if (underWay !== undefined) return { lap: underWay.lap, inLap: at - began(underWay) };
  return { lap: (last?.lap ?? 0) + 1, ...(last === undefined ? {} : { inLap: at - last.at }) };
}
