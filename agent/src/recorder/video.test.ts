import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channels } from './channels.js';
import { McapFile } from './mcap-file.js';
import { readRecording } from './read-recording.js';
import { copyRecordings } from './recording-files.js';
import { writeVideo } from './video.js';
import { readVideoSource, type VideoSource, videoScript } from './video-script.js';

const tenths = (count: number) => Array.from({ length: count }, (_, at) => at / 10);
const source: VideoSource = {
  format: 'jpeg',
  // 20 s of driving, a stand of 10 s in which nothing is recorded, 5 s more.
  pictures: [...tenths(200), ...tenths(50).map((at) => at + 30)],
  setpoints: [
    { at: 0, steering: 0.5, throttle: 0.3 },
    { at: 10, steering: -0.5, throttle: 0.6 },
  ],
  laps: [
    { lap: 1, time: 7_000_000, valid: true, at: 8 },
    { lap: 2, time: 6_000_000, valid: true, at: 14 },
    { lap: 3, time: 4_000_000, valid: false, at: 18 },
  ],
};

describe('which picture is shown when', () => {
  it('a whole recording at 15 frames a second, without the time in which there was no picture', () => {
    const frames = videoScript(source, false);
    // Until a second after the last picture before the stand.
    expect(frames.length).toBeGreaterThan((20.8 + 5) * 15);
    expect(frames.length).toBeLessThan((21 + 5.2) * 15);
    const at = (seconds: number) => frames[Math.round(seconds * 15)]!;
    expect(at(0.6)).toEqual({ picture: 6, steering: 0.5, throttle: 0.3, lap: 1 });
    expect(at(3)).toEqual({ picture: 30, steering: 0.5, throttle: 0.3, lap: 1, inLap: 2 });
    expect(at(16)).toMatchObject({ steering: -0.5, lap: 3, inLap: 2, last: { lap: 2 }, best: { lap: 2 } });
    // A lap that does not count is the last one, and not the best.
    expect(at(19)).toMatchObject({ lap: 4, last: { lap: 3 }, best: { lap: 2 } });
  });

  it('as a highlight the best lap that counts, at most a minute', () => {
    const frames = videoScript(source, true);
    expect(frames[0]).toMatchObject({ picture: 75 });
    expect(frames).toHaveLength(7 * 15);
    const long = { ...source, pictures: tenths(900), laps: [{ lap: 1, time: 80_000_000, valid: true, at: 85 }] };
    expect(videoScript(long, true)).toHaveLength(60 * 15);
    expect(videoScript({ ...source, laps: [] }, true)).toEqual([]);
  });
});

const ffmpeg = existsSync('/usr/bin/ffmpeg') && existsSync('/usr/bin/ffprobe');
if (!ffmpeg) {
  if (process.env.CI === 'true') throw new Error('a video is tested with ffmpeg, which is missing');
  console.log('skipped: a video, because ffmpeg is missing');
}

describe.skipIf(!ffmpeg)('a video, as ffprobe sees it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-video-'));
  const path = join(folder, 'recording.mcap');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(async () => {
    const file = await McapFile.create(path, {});
    for (let number = 0; number < 60; number += 1) {
      const at = 1_000_000_000_000n + BigInt(number) * 33_333_333n;
      const add = (name: 'camera' | 'setpoint' | 'lap', message: object) =>
        file.add(channels[name], at, Buffer.from(JSON.stringify({ timestamp: { sec: 0, nsec: 0 }, ...message })));
      const create = { width: 160, height: 120, channels: 3 as const, background: { r: number * 4, g: 90, b: 40 } };
      const data = (await sharp({ create }).jpeg().toBuffer()).toString('base64');
      add('camera', { frame_id: 'camera', format: 'jpeg', data });
      add('setpoint', { steering: Math.sin(number / 9), throttle: 0.4, holds: 150_000 });
      if (number === 45) add('lap', { lap: 1, time: 1_000_000, uncertainty: 100, valid: true });
    }
    await file.close();
  });
  const probe = (file: string) =>
    JSON.parse(
      spawnSync('ffprobe', ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', file], { encoding: 'utf8' })
        .stdout,
    ).streams[0];

  it('is H.264 of 640×480 at 15 frames a second', async () => {
    const out = join(folder, 'highlight.mp4');
    expect(await writeVideo(path, out, { highlight: true })).toEqual({ frames: 30, seconds: 2 });
    expect(probe(out)).toMatchObject({
      ...{ codec_name: 'h264', pix_fmt: 'yuv420p', width: 640, height: 480, r_frame_rate: '15/1' },
      nb_read_frames: '30',
    });
  });

  it('shows the laps as they count, of what is cut out of several recordings', async () => {
    const cut = join(folder, 'cut.mcap');
    // 60 pictures in 2 s, from the 1000th second on; the file comes twice, so that each message does.
    const time = { from: 1_000_500, to: 1_001_500 };
    expect(await copyRecordings([path, path], cut, time)).toBeGreaterThan(100);
    const source = await readVideoSource(readRecording(cut), [
      { lap: 1, time: 1_000_000, valid: false, at: 1_001_400 },
    ]);
    expect(source.pictures).toHaveLength(60);
    expect(source.laps).toEqual([{ lap: 1, time: 1_000_000, valid: false, at: expect.closeTo(0.9, 1) }]);
    expect(videoScript(source, true)).toEqual([]);
    await expect(copyRecordings([path], join(folder, 'empty.mcap'), { from: 1, to: 2 })).rejects.toMatchObject({
      code: 'recording-invalid',
    });
    expect(readdirSync(folder).filter((name) => name.startsWith('empty'))).toEqual([]);
  });

  it('without ffmpeg says what to install, and leaves nothing', async () => {
    const out = join(folder, 'none.mp4');
    await expect(writeVideo(path, out, { ffmpeg: '/nowhere/ffmpeg' })).rejects.toMatchObject({
      code: 'output-failed',
      message: expect.stringContaining('apt install ffmpeg'),
    });
    expect(readdirSync(folder).filter((name) => name.startsWith('none'))).toEqual([]);
  });
});
