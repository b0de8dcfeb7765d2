import { EventEmitter, once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Camera, type Frame, openCamera, openDecoder } from '@pitwall/agent/hardware';
import { listPictures, readPicture } from '@pitwall/agent/model';
import { CameraProfile } from '@pitwall/firmware-config';
import { now } from '@pitwall/runtime';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StandInCameras } from './stand-in-cameras.js';

const [width, height] = [320, 240];
const cameras = new StandInCameras();
const path = process.env.PATH;
const found = cameras.env;
Object.assign(process.env, found);
const open: Camera[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((camera) => camera.stop()));
});
afterAll(() => {
  process.env.PATH = path;
  cameras.remove();
});

/** Left half dark, right half bright. */
const luma = (x: number) => (x < width / 2 ? 16 : 235);
const plane = Uint8Array.from({ length: width * height }, (_, at) => luma(at % width));
const yuyv = Uint8Array.from({ length: 2 * plane.length }, (_, at) => (at % 2 === 0 ? plane[at / 2]! : 128));
const yuv420 = Uint8Array.from({ length: 1.5 * plane.length }, (_, at) => plane[at] ?? 128);
let jpeg: Uint8Array;
let decoder: Awaited<ReturnType<typeof openDecoder>>;
beforeAll(async () => {
  jpeg = await sharp(plane, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 90 })
    .toBuffer();
  decoder = await openDecoder();
});
afterAll(() => decoder.close());

type Given = Parameters<typeof CameraProfile.parse>[0];
class Watched {
  readonly frames: Frame[] = [];
  readonly told: string[] = [];
  readonly camera: Camera;
  readonly #news = new EventEmitter();

  constructor(profile: Given) {
    const parsed = CameraProfile.parse(profile);
    if (parsed.kind === 'simulated') throw new Error('not here');
    const tell = (what: string) => {
      this.told.push(what);
      this.#news.emit('news');
    };
    this.camera = openCamera(parsed, {
      now,
      listPictures,
      readPicture,
      skipped: tell,
      events: { lost: tell, found: () => tell('found') },
    });
    open.push(this.camera);
    void this.camera.start((frame) => {
      this.frames.push(frame);
      this.#news.emit('news');
    });
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#news, 'news');
  }

  many(count: number): Promise<void> {
    return this.until(() => this.frames.length >= count);
  }

  /** So many frames with the time at which they were taken, of those after the first ones. */
  timed(count: number, after = 0): Promise<void> {
    return this.until(() => this.frames.slice(after).filter(hasItsTime).length >= count);
  }
}

/** When it was taken, as the stand-in wrote it into the frame. */
function takenAt({ format, data }: Frame): number {
  const start = format === 'mjpeg' ? 6 : 0;
  return Number(Buffer.from(data.subarray(start, start + 16)).toString('latin1'));
}

const hasItsTime = (frame: Frame) => frame.at === takenAt(frame);

/** A frame whose time came too late on a busy machine has that of its arrival instead: never an earlier one, never another's. */
function expectTimes(frames: readonly Frame[]): void {
  const taken = new Set(frames.map(takenAt));
  for (const one of frames.filter((frame) => !hasItsTime(frame))) {
    expect(one.at).toBeGreaterThan(takenAt(one));
    expect(taken.has(one.at), 'it has the time of another frame').toBe(false);
  }
}

const sizes = { width, height, rate: 50 };
const kinds = [
  ['V4L2, YUYV', 'video0', () => yuyv, { kind: 'v4l2', format: 'yuyv' }],
  ['V4L2, MJPEG', 'video0', () => jpeg, { kind: 'v4l2', format: 'mjpeg' }],
  ['libcamera, YUV420', 'camera0', () => yuv420, { kind: 'libcamera', range: 'limited' }],
  ['libcamera, MJPEG', 'camera0', () => jpeg, { kind: 'libcamera', format: 'mjpeg' }],
] as const;
const profileOf = (given: { readonly kind: string }, device: string) =>
  ({ ...sizes, ...given, ...(given.kind === 'v4l2' ? { device } : {}) }) as Given;

describe.each(kinds)('a camera by %s', (_, name, frame, given) => {
  it('gives whole frames, each with the time at which it was taken, and decodes', async () => {
    const device = cameras.plug(name, frame(), { damaged: given.kind === 'v4l2' });
    const watched = new Watched(profileOf(given, device));
    await watched.timed(12);
    expect(watched.told).toEqual(['found']);
    expectTimes(watched.frames);
    const seen = await decoder.decode(watched.frames.at(-1)!);
    expect([seen[60 * 160 + 10], seen[60 * 160 + 150]].map((value) => Math.round(value! / 20))).toEqual(
      given.kind === 'v4l2' && given.format === 'mjpeg'
        ? [1, 12]
        : 'format' in given && given.format === 'mjpeg'
          ? [1, 12]
          : [0, 13],
    );
  });

  it('is missed when it is unplugged in mid-run, and goes on when it is back', async () => {
    const device = cameras.plug(name, frame());
    const watched = new Watched(profileOf(given, device));
    await watched.many(3);
    cameras.unplug(name);
    await watched.until(() => watched.told.length === 2);
    expect(watched.told[1]).toMatch(given.kind === 'v4l2' ? /is gone: .*No such device/ : /is gone: .*timed out/);
    expect(watched.camera.health).toMatchObject({ state: 'gone', losses: 1 });
    cameras.plug(name, frame());
    const before = watched.frames.length;
    await watched.timed(3, before);
    expect(watched.told[2]).toBe('found');
    expectTimes(watched.frames);
  });
});

describe('a camera', () => {
  it('that hangs is started again', async () => {
    const device = cameras.plug('video0', plane);
    const watched = new Watched({ ...sizes, kind: 'v4l2', format: 'grey', device });
    await watched.many(3);
    cameras.plug('video0', plane, { hangs: true });
    await watched.until(() => watched.told.length === 2);
    expect(watched.told[1]).toMatch(/sent nothing for 0.5 s: it hangs/);
    cameras.plug('video0', plane);
    const before = watched.frames.length;
    await watched.many(before + 3);
  });

  it('of another size than the profile’s says so', async () => {
    const device = cameras.plug('video0', plane);
    const watched = new Watched({ ...sizes, kind: 'v4l2', format: 'grey', device, width: 640 });
    await watched.until(() => watched.told.length === 1);
    expect(watched.told[0]).toMatch(/does not give 640×240.*76800 bytes, not 153600/);
    expect(watched.frames).toEqual([]);
  });

  it('whose program is not installed says so', async () => {
    process.env.PATH = '/nonexistent';
    try {
      const watched = new Watched({ kind: 'libcamera' });
      // mkfifo is missing, too.
      await watched.until(() => watched.told.length === 1);
      expect(watched.told[0]).toMatch(/ENOENT|not installed/);
    } finally {
      Object.assign(process.env, found);
    }
  });

  it('is set before it streams, by the names that this kernel has', async () => {
    const log = cameras.controls();
    const names = ['auto_exposure', 'exposure_time_absolute', 'gain'];
    const device = cameras.plug('video0', plane, { controls: { names, log } });
    const watched = new Watched({
      ...sizes,
      kind: 'v4l2',
      format: 'grey',
      device,
      exposure: 8000,
      controls: { gain: 12 },
    });
    await watched.many(1);
    expect(readFileSync(log, 'utf8')).toBe('auto_exposure=1\nexposure_time_absolute=80\ngain=12\n');
  });

  it('that is mounted upside down gives upright planes', async () => {
    const device = cameras.plug('video0', plane);
    const watched = new Watched({ ...sizes, kind: 'v4l2', format: 'grey', device, rotation: 180 });
    await watched.many(1);
    const seen = await decoder.decode(watched.frames[0]!);
    expect([seen[60 * 160 + 10], seen[60 * 160 + 150]]).toEqual([255, 0]);
  });
});

describe('a pair of cameras', () => {
  it('gives pictures of the same time, none without its partner, and goes on when one was gone', async () => {
    const device = cameras.plug('video0', plane);
    const right = cameras.plug('video1', plane, { latency: 5000 });
    const watched = new Watched({ ...sizes, kind: 'v4l2', format: 'grey', device, right });
    await watched.many(10);
    for (const one of watched.frames) expect(Math.abs(one.at - one.right!.at)).toBeLessThanOrEqual(10_000);
    cameras.unplug('video1');
    await watched.until(() => watched.told.length === 3);
    expect(watched.camera.health.state).toBe('gone');
    const before = watched.frames.length;
    cameras.plug('video1', plane);
    await watched.many(before + 3);
    for (const one of watched.frames) expect(Math.abs(one.at - one.right!.at)).toBeLessThanOrEqual(10_000);
  });
});

describe('files as a camera', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-pictures-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('show an MJPEG file over and over, and are missed when it is gone', async () => {
    const file = join(folder, 'drive.mjpeg');
    const thumbnail = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9])]);
    const withThumbnail = Buffer.concat([jpeg.subarray(0, 2), thumbnail, jpeg.subarray(2)]);
    writeFileSync(file, Buffer.concat([jpeg, withThumbnail, Buffer.from([0, 0, 0]), jpeg]));
    const watched = new Watched({ kind: 'file', path: file, rate: 100 });
    await watched.many(7);
    expect(watched.frames.slice(0, 7).map(({ data }) => data.length - jpeg.length)).toEqual([0, 8, 0, 0, 8, 0, 0]);
    renameSync(file, `${file}.away`);
    await watched.until(() => watched.told.length === 2);
    expect(watched.told[1]).toMatch(/no such file/);
    renameSync(`${file}.away`, file);
    await watched.until(() => watched.told.length === 3);
  });

  it('show a folder in natural order, leave out what is no picture and say so once, and end when told to', async () => {
    const tub = join(folder, 'tub');
    mkdirSync(tub);
    const grey = (value: number) => Buffer.concat([Buffer.from('P5\n160 120\n255\n'), Buffer.alloc(19_200, value)]);
    for (const at of [0, 1, 2, 9, 10, 11]) writeFileSync(join(tub, `${at}_cam_image_array_.pgm`), grey(at));
    // donkeycar issue 952: pictures of 0 bytes after the battery was pulled; AppleDouble files of a Mac.
    writeFileSync(join(tub, '3_cam_image_array_.jpg'), '');
    writeFileSync(join(tub, '._0_cam_image_array_.jpg'), 'Mac OS X');
    writeFileSync(join(tub, '.DS_Store'), 'x');
    const over = new Watched({ kind: 'file', path: tub, rate: 100 });
    await over.many(12);
    const order = [0, 1, 2, 9, 10, 11];
    expect(over.frames.slice(0, 12).map(({ data }) => data[0])).toEqual([...order, ...order]);
    expect(over.told).toEqual(['found', expect.stringMatching(/3_cam_image_array_\.jpg.* It is left out\.$/)]);
    const once = new Watched({ kind: 'file', path: tub, rate: 100, loop: false });
    await once.many(6);
    await over.many(over.frames.length + 12);
    expect(once.frames.map(({ data }) => data[0])).toEqual(order);
    const none = join(folder, 'none');
    mkdirSync(none);
    writeFileSync(join(none, '1.png'), 'x');
    const nothing = new Watched({ kind: 'file', path: none, rate: 100 });
    await nothing.until(() => nothing.told.length >= 2);
    expect(nothing.told.join(' ')).toMatch(/No file at .*none is a picture that can be read/);
  });

  const data = fileURLToPath(new URL('../../../shared/data/frames', import.meta.url));
  const hasData = existsSync(data);
  if (!hasData) {
    if (process.env.CI === 'true') throw new Error('the real frames are missing in ../shared/data/frames');
    console.log('skipped: real frames as a camera, because ../shared/data/frames is missing');
  }
  it.skipIf(!hasData)('show a folder of real frames in the order of their names, as a model takes them', async () => {
    const watched = new Watched({ kind: 'file', path: data, rate: 100 });
    const names = readdirSync(data)
      .filter((name) => /\.(png|pgm)$/.test(name))
      .sort();
    await watched.many(names.length);
    for (const [at, name] of names.entries())
      expect(Buffer.from(watched.frames[at]!.data).equals(await readPicture(join(data, name)))).toBe(true);
  });
});
