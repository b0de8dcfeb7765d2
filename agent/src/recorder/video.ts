import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import { z } from 'zod';
import { channels } from './channels.js';
import { jsonOf, readRecording } from './read-recording.js';
import { drawing, videoHeight, videoWidth } from './video-drawing.js';
import { type CountedLap, readVideoSource, type VideoFrame, videoRate, videoScript } from './video-script.js';

const Picture = z.object({ data: z.string() });

/** What came of it. */
export interface Video {
  readonly frames: number;
  readonly seconds: number;
}

export interface VideoOptions {
  /** Its best lap alone. */
  readonly highlight?: boolean;
  /** The laps as they count, instead of those that the car heard of. */
  readonly laps?: readonly CountedLap[] | undefined;
  readonly ffmpeg?: string;
}

/**
 * An MP4 (H.264) of a recording: what the camera saw, with lap, last and best lap, steering and throttle burnt in. ffmpeg decodes, draws
 * and encodes, on one core and at the lowest priority. The file is there whole or not at all.
 * @throws PitwallError `recording-invalid` without a picture, or for a highlight without a lap that counts; `output-failed`
 */
export async function writeVideo(
  path: string,
  out: string,
  { highlight = false, laps, ffmpeg = 'ffmpeg' }: VideoOptions = {},
): Promise<Video> {
  const source = await readVideoSource(readRecording(path), laps);
  const frames = videoScript(source, highlight);
  if (frames.length === 0)
    throw new PitwallError(
      'recording-invalid',
      highlight ? `${path} has no lap that counts, with pictures of it.` : `${path} has no pictures.`,
    );
  const part = `${resolve(out)}.part`;
  const work = await mkdtemp(join(tmpdir(), 'pitwall-video-'));
  try {
    await writeFile(join(work, 'drawing.ass'), drawing(frames));
    await encode(path, frames, { ffmpeg, part, work, format: source.format });
    await rename(part, out);
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing
      ? 'There is no ffmpeg here, which makes the video: sudo apt install ffmpeg.'
      : `The video could not be made: ${(cause as Error).message}`;
    throw new PitwallError('output-failed', why, { cause });
  } finally {
    await rm(part, { force: true });
    await rm(work, { recursive: true, force: true });
  }
  return { frames: frames.length, seconds: frames.length / videoRate };
}

interface Encoding {
  readonly ffmpeg: string;
  readonly part: string;
  readonly format: 'jpeg' | 'png';
  /** Holds `drawing.ass`; its name alone needs no escaping in a filter. */
  readonly work: string;
}

async function encode(
  path: string,
  frames: readonly VideoFrame[],
  { ffmpeg, part, work, format }: Encoding,
): Promise<void> {
  const size = `${videoWidth}:${videoHeight}`;
  const fit = `scale=${size}:force_original_aspect_ratio=decrease,pad=${size}:-1:-1`;
  const child = spawn(
    ffmpeg,
    [
      ...['-loglevel', 'error', '-nostdin', '-y', '-threads', '1', '-filter_threads', '1'],
      ...['-f', `${format}_pipe`, '-framerate', String(videoRate), '-i', 'pipe:0', '-vf', `${fit},ass=drawing.ass`],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '26', '-pix_fmt', 'yuv420p', '-threads', '1'],
      // A phone begins before it has all of it.
      ...['-movflags', '+faststart', '-f', 'mp4', part],
    ],
    { cwd: work, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  // What it says of its end tells more than a broken pipe.
  child.stdin.on('error', () => {});
  const ended = new Promise<number | null>((resolve_, reject) => {
    child.once('error', reject);
    child.once('close', resolve_);
  });
  ended.catch(() => {});
  if (child.pid !== undefined) setPriority(child.pid, 19);
  try {
    for await (const picture of picturesOf(path, frames))
      if (!child.stdin.write(picture)) await Promise.race([once(child.stdin, 'drain'), ended]);
    child.stdin.end();
    if ((await ended) !== 0) throw new Error(said.trim());
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

/** The picture of each frame, as the camera or the recorder packed it; each is read once, in the order of the file. */
async function* picturesOf(path: string, frames: readonly VideoFrame[]): AsyncGenerator<Buffer> {
  let [next, number] = [0, -1];
  for await (const { topic, data } of readRecording(path)) {
    if (topic !== channels.camera.topic) continue;
    number += 1;
    if (frames[next]?.picture !== number) continue;
    const picture = Buffer.from(Picture.parse(jsonOf(data)).data, 'base64');
    for (; frames[next]?.picture === number; next += 1) yield picture;
    if (next === frames.length) return;
  }
}
