import { readGateProfile } from '@pitwall/firmware-config';
import type { Micros } from '@pitwall/protocol';
import { type Clock, hostClock } from '@pitwall/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { DremTimer } from '../../../testing/drem-timer.js';
import { Listener } from '../../../testing/sensor-listener.js';
import { Debounce } from '../debounce.js';
import { DremSensor } from './index.js';

const host = hostClock();
/** Time between passes passes at once: for this machine, and for whoever looks at its clock. */
let passed = 0;
const clock: Clock = { bootId: host.bootId, now: () => (host.now() + passed) as Micros };
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function connected(timer: DremTimer, port?: number) {
  const listener = new Listener();
  const sensor = new DremSensor(`ws://127.0.0.1:${await timer.start(port)}`, clock);
  stops.push(
    () => sensor.stop(),
    () => timer.stop(),
  );
  await sensor.start(listener.events);
  await listener.until(() => listener.statuses.at(-1) === 'ok');
  return { listener, sensor };
}

describe("DREM's timer of 2023, which sends the word lap", () => {
  it('times laps by the arrival of its word, and is found again when it was away', async () => {
    let timer = new DremTimer(2023);
    const port = await timer.start();
    timer.stop();
    timer = new DremTimer(2023);
    const { listener } = await connected(timer, port);
    const before = clock.now();
    timer.strip(17);
    timer.say('Lap time?');
    await listener.until(() => listener.edges.length === 1 && listener.lost === 1);
    const [edge] = listener.edges;
    expect(edge?.bootId).toBe(clock.bootId);
    expect(edge?.at).toBeGreaterThanOrEqual(before);
    expect((edge?.at ?? 0) - before).toBeLessThan(1_000_000);
    expect(listener.wallClock).toEqual([]);
    timer.stop();
    await listener.until(() => listener.statuses.at(-1) === 'gone');
    const again = new DremTimer(2023);
    await again.start(port);
    stops.push(() => again.stop());
    await listener.until(() => listener.statuses.at(-1) === 'ok');
    again.strip(27);
    await listener.until(() => listener.edges.length === 2);
    expect(listener.statuses).toEqual(['ok', 'gone', 'ok']);
  });
});

describe("DREM's timer of 2026, which says when the pass was", () => {
  /** A timer whose passes and clock a test sets: each pass at a moment of this machine's clock, said at once. */
  async function timed() {
    const timer = new DremTimer(2026);
    let passAt: number | undefined;
    let set = 1_790_000_000_000_000 - clock.now();
    timer.now = () => Math.floor(((passAt ?? clock.now()) + set) / 1000);
    const { listener } = await connected(timer);
    await listener.until(() => listener.wallClock.length === 1);
    return {
      timer,
      listener,
      setClock: (byUs: number) => {
        set += byUs;
      },
      pass: async (...strips: (17 | 27)[]) => {
        passAt = clock.now();
        const count = listener.edges.length;
        for (const strip of strips) timer.strip(strip);
        await listener.until(() => listener.edges.length === count + strips.length);
        return passAt;
      },
    };
  }

  it('times laps by its own stamp, and says how wrong that can be', async () => {
    const { listener, pass } = await timed();
    const truth: number[] = [];
    for (let lap = 0; lap < 6; lap += 1) {
      truth.push(await pass(17));
      passed += 8_000_000;
    }
    expect([listener.lost, listener.wallClock]).toEqual([0, [0]]);
    // 2 ms of delivery, 1 ms of its resolution, and what two crystals drift apart in some laps.
    expect(listener.edges.at(-1)?.uncertainty).toBeLessThan(9000);
    for (const [i, { at, uncertainty, bootId, sensor }] of listener.edges.entries()) {
      expect([bootId, sensor]).toEqual([clock.bootId, 17]);
      expect(Math.abs(at - (truth[i] as number))).toBeLessThanOrEqual(uncertainty);
    }
  });

  it('is set while it times: the pass at the step is less exact, and none is wrong', async () => {
    const { listener, pass, setClock } = await timed();
    const truth: number[] = [];
    for (const strip of [17, 27, 17, 27] as const) {
      truth.push(await pass(strip));
      passed += 8_000_000;
    }
    setClock(3_600_000_000);
    truth.push(await pass(17));
    setClock(-2_000_000_000);
    truth.push(await pass(27));
    for (const [i, { at, uncertainty }] of listener.edges.entries())
      expect(Math.abs(at - (truth[i] as number))).toBeLessThanOrEqual(uncertainty);
    expect(listener.wallClock.at(-1)).toBeGreaterThanOrEqual(1);
  });

  it('reports one pass from both of its strips: they are one crossing of one gate', async () => {
    const { edge = 'both', holdoff } = readGateProfile('drem-timer');
    const { listener, pass } = await timed();
    await pass(17, 27);
    const debounce = new Debounce({ edge, holdoff });
    expect(listener.edges.map((each) => debounce.accepts(each))).toEqual([true, false]);
    expect(listener.edges.map(({ sensor }) => sensor)).toEqual([17, 27]);
  });

  it('greets on every connection, which is no pass; what nobody understands is counted as lost, and so is what was missed', async () => {
    const { timer, listener, pass } = await timed();
    await pass(17);
    timer.say(JSON.stringify({ event: 'lap', timestamp: Date.now(), gpio: 17, lapNumber: 4, sensorLapCount: 4 }));
    await listener.until(() => listener.edges.length === 2);
    expect(listener.lost).toBe(2);
    for (const text of ['{"event":"crossing","timestamp":1}', '{"event":"lap","timestamp":"now"}', '{', '[]'])
      timer.say(text);
    await listener.until(() => listener.lost === 6);
    expect(listener.edges).toHaveLength(2);
  });
});
