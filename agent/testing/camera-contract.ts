import { EventEmitter, once } from 'node:events';
import { now } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Camera, DeviceEvents, Frame } from '../src/hardware/index.js';

export interface CameraUnderTest {
  make(events: DeviceEvents): Camera | Promise<Camera>;
  /** Puts it where it is looked for. */
  plug(): void | Promise<void>;
  unplug(): void | Promise<void>;
  stop(): Promise<void>;
}

/** What a {@link Camera} promises, wherever its pictures come from. */
export function cameraContract(
  name: string,
  open: () => Promise<CameraUnderTest>,
  /** false: it is there as long as its world is. */
  { comesAndGoes = true }: { readonly comesAndGoes?: boolean } = {},
): void {
  describe(`a camera by ${name}`, () => {
    let world: CameraUnderTest;
    let camera: Camera;
    let frames: Frame[];
    let told: string[];
    const news = new EventEmitter();
    const say = (what: string) => {
      told.push(what);
      news.emit('news');
    };
    const until = async (holds: () => boolean) => {
      while (!holds()) await once(news, 'news');
    };
    const onFrame = (frame: Frame) => {
      frames.push(frame);
      news.emit('news');
    };

    beforeEach(async () => {
      [frames, told] = [[], []];
      world = await open();
      camera = await world.make({ lost: say, found: () => say('found') });
    });
    afterEach(async () => {
      await camera.stop();
      await world.stop();
    });

    it('gives frames in the order in which they were taken, each of them the receiver’s own', async () => {
      await world.plug();
      const from = now();
      await camera.start(onFrame);
      await until(() => frames.length > 0);
      expect(camera.health).toEqual({ state: 'there', message: null, losses: 0 });
      const [first] = frames;
      const copy = Uint8Array.from(first!.data);
      await until(() => frames.length >= 6);
      expect(Buffer.from(first!.data).equals(copy)).toBe(true);
      const times = frames.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const at of times) expect(Number.isSafeInteger(at)).toBe(true);
      // A frame may be taken before anyone asks for it, and is not from another clock.
      expect(times[0]!).toBeGreaterThan(from - 1_000_000);
      expect(times.at(-1)!).toBeLessThanOrEqual(now());
      for (const frame of frames) expectWhole(frame);
      expect(camera.rate).toBeGreaterThan(0);
    });

    it('gives no frame after it was stopped, however often', async () => {
      await world.plug();
      await camera.start(onFrame);
      await until(() => frames.length > 1);
      await Promise.all([camera.stop(), camera.stop()]);
      const before = frames.length;
      const words = told.length;
      await camera.stop();
      await new Promise((resolve) => setImmediate(resolve));
      expect(frames).toHaveLength(before);
      expect(told).toHaveLength(words);
    });

    it('may be stopped before its start, and while it starts', async () => {
      await world.plug();
      await camera.stop();
      const other = await world.make({ lost: say, found: () => say('found') });
      const starting = other.start(onFrame);
      await other.stop();
      await starting;
      const before = frames.length;
      await new Promise((resolve) => setImmediate(resolve));
      expect(frames).toHaveLength(before);
    });

    if (!comesAndGoes) return;

    it('comes and goes by itself: not being there fails no start, is told once, and ends', async () => {
      const losses = () => told.filter((what) => what !== 'found');
      await camera.start(onFrame);
      await until(() => losses().length === 1 && camera.health.state === 'gone');
      expect(camera.health).toEqual({ state: 'gone', message: losses()[0], losses: 0 });
      expect(losses()[0]).toMatch(/\w+ \w+ \w+/);
      await world.plug();
      await until(() => frames.length > 0);
      expect(camera.health).toEqual({ state: 'there', message: null, losses: 0 });
      await world.unplug();
      await until(() => losses().length === 2);
      expect(camera.health).toEqual({ state: 'gone', message: losses()[1], losses: 1 });
      await world.plug();
      await until(() => camera.health.state === 'there');
      const before = frames.length;
      await until(() => frames.length > before);
      expect(losses()).toHaveLength(2);
      expect(told.at(-1)).toBe('found');
    });
  });
}

/** A raw frame has the bytes of its size; a JPEG its marks, and a size of its own. */
function expectWhole({ format, width, height, stride, data, right }: Frame): void {
  if (format === 'mjpeg') {
    expect([...data.subarray(0, 2), ...data.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
  } else {
    const row = stride ?? (format === 'yuyv' ? 2 * width : width);
    expect(data.length).toBeGreaterThanOrEqual(row * height);
  }
  if (right !== undefined) expectWhole(right);
}
