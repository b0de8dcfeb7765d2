import type { Micros } from '@pitwall/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../camera.js';
import { StereoPairs } from '../stereo-camera.js';
import { FixedFramer, type Framer, HeaderFramer } from './framing.js';
import { JpegFramer } from './jpeg-framer.js';
import { Stamper } from './stamper.js';
import { libcameraStamp, v4l2Stamp } from './stamps.js';

/** The frames that come out of a stream that arrives in pieces. */
function cut(framer: Framer, stream: Uint8Array, pieces: readonly number[]): number[][] {
  const frames: number[][] = [];
  let [at, i] = [0, 0];
  while (at < stream.length) {
    const piece = stream.subarray(at, at + (pieces[i % pieces.length] ?? 1));
    framer.push(piece, { began: () => {}, frame: (data) => frames.push([...data]) });
    at += piece.length;
    i += 1;
  }
  return frames;
}
const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
const payload = fc.uint8Array({ minLength: 1, maxLength: 60 });

describe('frames in a stream', () => {
  it('come whole behind v4l2-ctl’s headers, whatever was said before them', () => {
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 8 }), pieces, fc.stringMatching(/^[ -c]*$/), (frames, sizes, said) => {
        const stream = Buffer.concat([
          Buffer.from(said),
          ...frames.flatMap((frame) => [
            Buffer.from([0x72, 0x64, 0x68, 0x56, 0, 0, 0, frame.length]),
            Buffer.from(frame),
          ]),
        ]);
        expect(cut(new HeaderFramer(), stream, sizes)).toEqual(frames.map((frame) => [...frame]));
      }),
    );
  });

  it('come whole by their size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), pieces, (bytes, sizes) => {
        const whole = Math.floor(bytes.length / 7);
        expect(cut(new FixedFramer(7), bytes, sizes)).toEqual(
          Array.from({ length: whole }, (_, i) => [...bytes.subarray(7 * i, 7 * i + 7)]),
        );
      }),
    );
  });

  it('come whole where they are JPEGs, with thumbnails inside and noise between', () => {
    const segment = fc
      .tuple(fc.constantFrom(0xe0, 0xe1, 0xdb, 0xfe), fc.uint8Array({ maxLength: 30 }))
      .map(([marker, data]) => [0xff, marker, 0, data.length + 2, ...data]);
    // In a scan 0xff is followed by 0 or a restart.
    const scan = fc
      .array(
        fc.oneof(
          fc.integer({ min: 0, max: 254 }).map((byte) => [byte]),
          fc.constantFrom([0xff, 0], [0xff, 0xd3]),
        ),
      )
      .map((parts) => parts.flat());
    const jpeg = fc
      .tuple(fc.array(segment, { maxLength: 4 }), scan)
      .map(([segments, data]) => [0xff, 0xd8, ...segments.flat(), 0xff, 0xda, 0, 2, ...data, 0xff, 0xd9]);
    fc.assert(
      fc.property(fc.array(jpeg, { maxLength: 5 }), pieces, fc.nat(9), (pictures, sizes, zeros) => {
        const stream = Uint8Array.from(
          pictures.flatMap((picture) => [...picture, ...new Array<number>(zeros).fill(0)]),
        );
        // A picture may begin with what no segment begins with only when it has none.
        expect(cut(new JpegFramer(), stream, sizes)).toEqual(pictures);
      }),
    );
  });

  it('go on after any damage', () => {
    const picture = [0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), pieces, (noise, sizes) => {
        // Noise may look like a picture that began and ended nowhere: then the next two are needed to get out of it.
        const stream = Uint8Array.from([...noise, 0xff, 0xd9, ...picture, ...picture]);
        expect(cut(new JpegFramer(), stream, sizes).at(-1)?.slice(-picture.length)).toEqual(picture);
      }),
    );
  });
});

describe('capture times', () => {
  it.each([
    [
      'cap dqbuf: 0 seq:      0 bytesused: 614400 ts: 4711.123456 (ts-monotonic, ts-src-soe)',
      { micros: 4711123456, bytes: 614400 },
    ],
    [
      'cap dqbuf: 2 seq:    117 bytesused: 36985 ts: 10.000001 delta: 33.331 ms fps: 30.00 dropped: 1 (ts-monotonic, ts-src-eof)',
      { micros: 10000001, bytes: 36985 },
    ],
    ['cap dqbuf: 1 seq:      5 bytesused: 100/50 ts: 1.500000 (ts-monotonic)', { micros: 1500000, bytes: 100 }],
    ['cap dqbuf: 1 seq:      5 bytesused: 2048 ts: 1.500000 (error, ts-monotonic, ts-src-soe)', 'unwritten'],
    ['cap dqbuf: 1 seq:      5 bytesused: 0 ts: 1.500000 (ts-monotonic, ts-src-soe)', 'unwritten'],
    ['VIDIOC_DQBUF: failed: No such device', undefined],
  ])('v4l2-ctl: %s', (line, stamp) => {
    expect(v4l2Stamp(line)).toEqual(stamp);
  });

  it('rpicam-vid', () => {
    expect(libcameraStamp('SensorTimestamp=4711123456789')).toEqual({ micros: 4711123457 });
    expect(libcameraStamp('FrameDuration=33333')).toBeUndefined();
  });

  it('find their frames when they come late, when one is missing, and never reach back over a frame', async () => {
    const now = () => 1_000_000 as Micros;
    const out: [number, number][] = [];
    const all = new Promise<void>((resolve) => {
      const stamper = new Stamper(now, (data, at) => {
        out.push([data[0]!, at]);
        if (out.length === 5) resolve();
      });
      const frame = (number: number) => {
        stamper.began();
        stamper.frame(Uint8Array.from([number]));
      };
      frame(1);
      frame(2);
      stamper.stamp({ micros: 900_001 });
      stamper.stamp({ micros: 900_002 });
      // Of a frame that was lost on the way.
      stamper.stamp({ micros: 900_003 });
      frame(4);
      stamper.stamp({ micros: 900_004, bytes: 99 });
      stamper.stamp({ micros: 900_004, bytes: 1 });
      // Of another clock.
      frame(5);
      stamper.stamp({ micros: 1_700_000_000 });
      // Nobody says when this was.
      frame(6);
    });
    await all;
    expect(out).toEqual([
      [1, 900_001],
      [2, 900_002],
      [4, 900_004],
      [5, 1_000_000],
      [6, 1_000_000],
    ]);
  });
});

it('a frame whose time waits in the pipe while this process pauses gets that time, and the ones behind it theirs', async () => {
  const out: [number, number][] = [];
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((resolve) => {
    const stamper = new Stamper(
      () => 1_000_000 as Micros,
      (data, at) => {
        out.push([data[0] as number, at]);
        if (out.length === 4) resolve();
      },
    );
    const frame = (number: number) => {
      stamper.began();
      stamper.frame(Uint8Array.from([number]));
    };
    // What is read is read in the loop's poll, which comes after its timers: libuv, "The I/O loop".
    port1.once('message', () => {
      for (const number of [2, 3, 4]) frame(number);
      for (const number of [1, 2, 3, 4]) stamper.stamp({ micros: 900_000 + number });
    });
    setImmediate(() => {
      frame(1);
      port2.postMessage('what waited');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    });
  });
  port1.close();
  expect(out).toEqual([1, 2, 3, 4].map((number) => [number, 900_000 + number]));
});

it('pairs pictures of two cameras within the tolerance, each once, in order', () => {
  const moments = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
  fc.assert(
    fc.property(moments, moments, (left, right) => {
      const times = (gaps: readonly number[]) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((a, b) => a + b, 0));
      const events = [
        ...times(left).map((at) => ({ at, side: 'left' as const })),
        ...times(right).map((at) => ({ at, side: 'right' as const })),
      ].sort((a, b) => a.at - b.at);
      const pairs = new StereoPairs(10);
      const found = events.flatMap(({ at, side }) => {
        const frame = { at: at as Micros, format: 'grey', width: 1, height: 1, data: new Uint8Array(1) } as Frame;
        return pairs[side](frame) ?? [];
      });
      for (const pair of found) expect(Math.abs(pair.at - pair.right!.at)).toBeLessThanOrEqual(10);
      for (const side of [found.map(({ at }) => at), found.map((pair) => pair.right!.at)])
        expect(side.every((at, i) => i === 0 || at > side[i - 1]!)).toBe(true);
      // Where both tick together none is missed.
      if (left.length > 0 && left.join() === right.join()) expect(found).toHaveLength(left.length);
    }),
  );
});
