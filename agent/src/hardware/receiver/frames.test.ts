import { describe, expect, it } from 'vitest';
import { RcFrames } from './frames.js';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** Off the wire of a TGY-IA6B, as bmellink/IBusBM publishes it. */
const ibus = bytes('20 40 DB 05 DC 05 54 05 DC 05 E8 03 D0 07 D2 05 E8 03 DC 05 DC 05 DC 05 DC 05 DC 05 DC 05 DA F3');
const ibusChannels = [1499, 1500, 1364, 1500, 1000, 2000, 1490, 1000, 1500, 1500, 1500, 1500, 1500, 1500];
/** Of zklapow/sbus, tests/parse_tester.rs, with what it reads in it. */
const sbus = bytes('0F E0 03 1F 58 C0 07 16 B0 80 05 2C 60 01 0B F8 C0 07 00 00 00 00 00 03 00');
const sbusChannels = [992, 992, 352, 992, 352, 352, 352, 352, 352, 352, 992, 992, 0, 0, 0, 0];

describe('frames of a receiver', () => {
  it('i-BUS', () => {
    expect(new RcFrames('ibus').push(ibus)).toEqual([{ channels: ibusChannels, failsafe: false }]);
  });

  it('S.BUS, in µs: 992 is 1500', () => {
    const [frame] = new RcFrames('sbus').push(sbus);
    expect(frame).toEqual({ channels: sbusChannels.map((one) => 0.625 * one + 880), failsafe: false });
    expect(frame!.channels[0]).toBe(1500);
  });

  it('S.BUS says when the receiver does not hear its transmitter', () => {
    const lost = Uint8Array.from(sbus);
    lost[23] = 0x0c;
    expect(new RcFrames('sbus').push(lost)).toMatchObject([{ failsafe: true }]);
  });

  it.each([
    ['ibus', ibus],
    ['sbus', sbus],
  ] as const)('%s in pieces of any size, after half a frame of before', (kind, frame) => {
    for (const size of [1, 7, 31]) {
      const frames = new RcFrames(kind);
      const line = Buffer.concat([frame.subarray(9), frame, frame, frame]);
      let heard = 0;
      for (let at = 0; at < line.length; at += size) heard += frames.push(line.subarray(at, at + size)).length;
      expect(heard, `pieces of ${size}`).toBe(3);
    }
  });

  it('a frame with a wrong sum is none', () => {
    const wrong = Uint8Array.from(ibus);
    wrong[4]! ^= 1;
    expect(new RcFrames('ibus').push(wrong)).toEqual([]);
  });
});
