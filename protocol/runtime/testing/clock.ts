import { BootId } from '@pitwall/protocol';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../src/index.js';

export interface ClocksUnderTest {
  /** A clock of the same machine; each call makes one more. */
  make(): Clock;
  /** A clock's `bootId` and time, from another process; absent where another process has another clock. */
  readonly elsewhere?: () => Promise<{ readonly bootId: string; readonly at: number }>;
}

/** What a {@link Clock} promises, whoever's it is. */
export function clockContract(name: string, { make, elsewhere }: ClocksUnderTest): void {
  describe(`a clock: ${name}`, () => {
    it('counts whole microseconds, and never back', () => {
      const clock = make();
      let last = clock.now();
      for (let i = 0; i < 20_000; i += 1) {
        const next = clock.now();
        if (!Number.isSafeInteger(next) || next < last) expect([last, next]).toBe('two whole numbers that rise');
        last = next;
      }
      expect(last).toBeGreaterThanOrEqual(0);
    });

    it('has one life with one name', () => {
      const clock = make();
      const { bootId } = clock;
      expect(BootId.parse(bootId)).toBe(bootId);
      clock.now();
      expect(clock.bootId).toBe(bootId);
    });

    it('shares its time with every other of the same name', () => {
      const [one, two] = [make(), make()];
      if (one.bootId !== two.bootId) return;
      const times = [one.now(), two.now(), one.now(), two.now()];
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    if (elsewhere === undefined) return;
    it('is the same in every process of one boot', async () => {
      const clock = make();
      const before = clock.now();
      const { bootId, at } = await elsewhere();
      expect(bootId).toBe(clock.bootId);
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(clock.now());
    });
  });
}
