import { beforeAll, describe, expect, it } from 'vitest';
import { buildLapGate, missing, RaceDay, type SeenEdge, seeded } from './race-day.js';

const second = 1e6;
const lacks = missing();
if (lacks !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the emulated lap gate needs ${lacks}`);
  console.log(`skipped: the emulated lap gate, because ${lacks} is missing`);
}
let flash: Uint16Array;
beforeAll(() => {
  if (lacks === undefined) flash = buildLapGate();
});

const day = (options: Partial<ConstructorParameters<typeof RaceDay>[0]> = {}) =>
  new RaceDay({ flash, seed: 1, ppm: 0, jitter: 2000, ...options });

const numbers = (seen: readonly SeenEdge[]) => seen.map(({ kept }) => kept);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** How far each interval between neighbours is from the truth, µs. */
const errors = (seen: readonly SeenEdge[], truth: readonly number[]) =>
  seen.slice(1).map(({ at }, i) => Math.abs(at - (seen[i]?.at ?? 0) - ((truth[i + 1] ?? 0) - (truth[i] ?? 0))));

describe.skipIf(lacks !== undefined)('the lap-gate firmware, with its decoder', () => {
  it('stamps edges to a microsecond, with level and number, across overflows of its timer', async () => {
    const subject = day();
    // The timer overflows every 32.768 ms.
    const truth = upTo(400).map((i) => 500_000 + i * 8191.7);
    subject.edges(truth);
    await subject.runUntil(5 * second);
    expect(numbers(subject.seen)).toEqual(upTo(400));
    expect(subject.seen.slice(0, 4).map(({ level }) => level)).toEqual([0, 1, 0, 1]);
    expect(subject.seen.every(({ uncertainty }) => uncertainty === 1)).toBe(true);
    expect(Math.max(...errors(subject.seen, truth))).toBeLessThanOrEqual(1);
    expect(subject.statuses).toEqual(['ok']);
    expect(subject.lost).toBe(0);
  });

  it('keeps every edge of a bounce, and says which ones it could stamp by software only', async () => {
    const subject = day();
    const random = seeded(7);
    // 40 edges, 3 to 60 µs apart: some while the one before is still being dealt with.
    let at = 500_000;
    const truth = upTo(40).map(() => {
      at += 3 + random() * 57;
      return at;
    });
    subject.edges(truth);
    await subject.runUntil(2 * second);
    expect(subject.seen.length % 2).toBe(0);
    expect(subject.seen.length).toBeGreaterThan(20);
    const first = subject.seen[0]?.at ?? 0;
    for (const { at: seen, uncertainty } of subject.seen) {
      const nearest = Math.min(...truth.map((t) => Math.abs(t - (truth[0] ?? 0) - (seen - first))));
      expect(nearest).toBeLessThanOrEqual(uncertainty);
    }
    expect(subject.seen[0]?.uncertainty).toBe(1);
  });

  it('holds 64 edges of a burst for a computer that is away, and hands them on in order', async () => {
    const subject = day();
    await subject.runUntil(second);
    subject.unplug();
    subject.edges(upTo(64).map((i) => 1.5 * second + i * 2000));
    await subject.runUntil(3 * second);
    subject.plug();
    await subject.runUntil(4 * second);
    expect(numbers(subject.seen)).toEqual(upTo(64));
    expect(subject.lost).toBe(0);
    expect(subject.statuses).toEqual(['ok', 'gone', 'ok']);
  });

  it('says how many it no longer has when there were more', async () => {
    const subject = day();
    await subject.runUntil(second);
    subject.unplug();
    subject.edges(upTo(100).map((i) => 1.5 * second + i * 2000));
    await subject.runUntil(3 * second);
    subject.plug();
    await subject.runUntil(4 * second);
    expect(numbers(subject.seen)).toEqual(upTo(64).map((i) => i + 36));
    expect(subject.lost).toBe(36);
  });

  it('forgets nothing that was not kept: a computer that starts anew gets it again', async () => {
    const subject = day();
    subject.keeping = false;
    subject.edges([0.5 * second, 0.6 * second]);
    await subject.runUntil(second);
    expect(numbers(subject.seen)).toEqual([0, 1]);
    // A decoder that knows nothing, as in a new process, on the same board.
    const { decoder } = subject;
    const bootId = subject.seen[0]?.bootId;
    decoder.keep(bootId as NonNullable<typeof bootId>, 0);
    await subject.runUntil(1.5 * second);
    const fresh = subject.withFreshDecoder();
    await subject.runUntil(2 * second);
    expect(numbers(fresh)).toEqual([1]);
  });

  it.each([
    ['lost', { lost: 0.01, doubled: 0, spoiled: 0 }],
    ['doubled', { lost: 0, doubled: 0.01, spoiled: 0 }],
    ['spoiled', { lost: 0, doubled: 0, spoiled: 0.01 }],
    ['lost, doubled and spoiled', { lost: 0.004, doubled: 0.004, spoiled: 0.004 }],
  ])('repairs a line on which bytes are %s', async (_, trouble) => {
    const subject = day({ seed: 5 });
    subject.trouble = trouble;
    const truth = upTo(120).map((i) => 0.7 * second + i * 50_000);
    subject.edges(truth);
    await subject.runUntil(9 * second);
    subject.trouble = { lost: 0, doubled: 0, spoiled: 0 };
    await subject.runUntil(10 * second);
    expect(numbers(subject.seen)).toEqual(upTo(120));
    expect(Math.max(...errors(subject.seen, truth))).toBeLessThanOrEqual(1);
    expect(subject.decoder.spoiled).toBeGreaterThan(0);
    expect(subject.lost).toBe(0);
  });

  it('is another life of the clock after a reboot in mid-race', async () => {
    const subject = day();
    subject.edges([0.5 * second, 0.6 * second]);
    await subject.runUntil(second);
    subject.reboot();
    subject.edges([1.5 * second, 1.6 * second]);
    await subject.runUntil(2.5 * second);
    expect(numbers(subject.seen)).toEqual([0, 1, 0, 1]);
    const lives = subject.seen.map(({ bootId }) => bootId);
    expect(lives[0]).toBe(lives[1]);
    expect(lives[2]).toBe(lives[3]);
    expect(lives[0]).not.toBe(lives[2]);
    expect(subject.notes).toBe(1);
    expect(subject.statuses).toEqual(['ok', 'gone', 'ok']);
  });

  it.each([-100, 100])('gives laps without its drift of %s ppm, under 20 ms of jitter', async (ppm) => {
    const subject = day({ ppm, jitter: 20_000, seed: 11 });
    const lap = 9.876_543 * second;
    const truth = upTo(4).flatMap((i) => [20 * second + i * lap, 20 * second + i * lap + 40_000]);
    subject.edges(truth);
    await subject.runUntil(51 * second);
    const crossings = subject.seen.filter(({ level }) => level === 0);
    expect(crossings).toHaveLength(4);
    for (let i = 1; i < 4; i++) {
      const { at, rate, rateBound } = crossings[i] as SeenEdge;
      const shown = at - (crossings[i - 1]?.at ?? 0);
      // Uncorrected, it would be off by 988 µs.
      expect(Math.abs(shown - lap)).toBeGreaterThan(900);
      expect(Math.abs(shown * rate - lap)).toBeLessThan(300);
      expect(Math.abs(shown * rate - lap)).toBeLessThanOrEqual(shown * rateBound + 2);
    }
  });
});
