import type { Micros } from '@pitwall/protocol';
import { hostClock } from '@pitwall/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { P3Decoder, record } from '../../../testing/p3-decoder.js';
import { Listener } from '../../../testing/sensor-listener.js';
import { P3Sensor } from './index.js';
import { RecordCutter, readRecord } from './records.js';

const clock = hostClock();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function connected() {
  const decoder = new P3Decoder();
  const port = await decoder.start();
  const listener = new Listener();
  const sensor = new P3Sensor({ host: '127.0.0.1', port }, clock);
  stops.push(
    () => sensor.stop(),
    () => decoder.stop(),
  );
  await sensor.start(listener.events);
  await listener.until(() => listener.statuses.at(-1) === 'ok');
  return { decoder, port, listener, sensor };
}
const cut = (bytes: Uint8Array) => [...new RecordCutter().cut(bytes)].map(readRecord);

describe('a decoder that speaks P3', () => {
  it('times by its own clock, names the transponder, and tells its clock by the passings', async () => {
    const { decoder, listener, sensor } = await connected();
    expect(await sensor.probe()).toBeUndefined();
    const laps = [0, 9_876_000, 9_900_000];
    let at = 1_551_542_808_933_000;
    for (const lap of laps) {
      at += lap;
      decoder.now = () => at;
      decoder.passes(5_691_251);
    }
    await listener.until(() => listener.edges.length === 3);
    const [first, second, third] = listener.edges;
    expect(first).toMatchObject({
      transponder: '5691251',
      at: 1_551_542_808_933_000,
      uncertainty: 1000,
      strength: 178,
    });
    expect((third?.at ?? 0) - (second?.at ?? 0)).toBe(9_900_000);
    expect(listener.lost).toBe(0);
    const told = await sensor.probe();
    expect(told?.bootId).toBe(third?.bootId);
  });

  it('is cut anywhere, escapes and all', () => {
    const decoder = new P3Decoder();
    // Number and transponder are the three bytes that are escaped.
    decoder.number = 0x8d8e8f;
    const bytes = Uint8Array.from([0x01, ...decoder.passing(0x8f8e8d), ...P3Decoder.status()]);
    const whole = cut(bytes);
    expect(whole).toEqual([expect.objectContaining({ number: 0x8d8e8f, transponder: String(0x8f8e8d) }), 'other']);
    const cutter = new RecordCutter();
    const each = [...bytes].flatMap((byte) => [...cutter.cut(Uint8Array.of(byte))]);
    expect(each.map(readRecord)).toEqual(whole);
  });

  it('counts as lost what was missed and what nobody understands, and passes nothing damaged on', async () => {
    const { decoder, listener } = await connected();
    decoder.passes(1);
    decoder.number += 2;
    decoder.passes(1);
    await listener.until(() => listener.edges.length === 2);
    expect(listener.lost).toBe(2);
    const damaged = decoder.passing(2);
    damaged[14] = damaged[14]! ^ 1;
    decoder.send(damaged);
    decoder.send(record(1, [[0x03, 4, 7]]));
    decoder.send(Uint8Array.of(0x8e, 0x8f));
    decoder.send(decoder.passing(3).subarray(0, 9));
    decoder.passes(4);
    await listener.until(() => listener.edges.length === 3);
    expect(listener.lost).toBe(6);
    expect(listener.edges.map(({ transponder }) => transponder)).toEqual(['1', '1', '4']);
  });

  it('is found again, and begins a new life of its clock when that was set', async () => {
    const { decoder, port, listener } = await connected();
    decoder.passes(1);
    await listener.until(() => listener.edges.length === 1);
    decoder.stop();
    await listener.until(() => listener.statuses.at(-1) === 'gone');
    const again = new P3Decoder();
    // Switched off and on: numbers from the start, and the clock of its power-on.
    again.number = 0;
    again.now = () => 1_000_000_000;
    await again.start(port);
    stops.push(() => again.stop());
    await listener.until(() => listener.statuses.at(-1) === 'ok');
    again.passes(1);
    await listener.until(() => listener.edges.length === 2);
    expect(listener.lost).toBe(0);
    expect(listener.edges[1]?.bootId).not.toBe(listener.edges[0]?.bootId);
    expect(listener.edges[1]?.at).toBe(1_000_000_000 as Micros);
  });
});
