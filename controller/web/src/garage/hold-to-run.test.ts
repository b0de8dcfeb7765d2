import { expect, it } from 'vitest';
import { HoldToRun } from './hold-to-run.js';

/** A hand whose renewals are answered one by one, and whose clock is turned by hand. */
function rig() {
  const said: string[] = [];
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let due: (() => void) | undefined;
  const hand = new HoldToRun({
    renew: () => {
      said.push('renew');
      return new Promise((resolve, reject) => answers.push({ resolve, reject }));
    },
    letGo: async () => void said.push('let go'),
    onLost: ({ message }) => said.push(`lost: ${message}`),
    every: 100,
    setTimer: (act) => {
      due = act;
      return act;
    },
    clearTimer: () => {
      due = undefined;
    },
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return {
    hand,
    said,
    tick: () => {
      const act = due;
      due = undefined;
      act?.();
    },
    answer: async (error?: Error) => {
      const { resolve, reject } = answers.shift() ?? {};
      if (error === undefined) resolve?.();
      else reject?.(error);
      await settle();
    },
  };
}

it('renews one after the other while it is held, at once when it changes, and never after', async () => {
  const { hand, said, tick, answer } = rig();
  hand.take();
  hand.take();
  hand.changed();
  tick();
  expect(said).toEqual(['renew']);
  await answer();
  hand.changed();
  expect(said).toEqual(['renew', 'renew']);
  await answer();
  tick();
  await answer();
  hand.release();
  hand.release();
  tick();
  expect(said).toEqual(['renew', 'renew', 'renew', 'let go']);
});

it('says it again when a renewal was on its way: the last word is that it let go', async () => {
  const { hand, said, tick, answer } = rig();
  hand.take();
  hand.release();
  expect(said).toEqual(['renew', 'let go']);
  await answer();
  tick();
  expect(said).toEqual(['renew', 'let go', 'let go']);
});

it('goes on when it takes hold again while the last renewal is on its way', async () => {
  const { hand, said, answer } = rig();
  hand.take();
  hand.release();
  hand.take();
  expect(said).toEqual(['renew', 'let go']);
  await answer();
  expect(said).toEqual(['renew', 'let go', 'renew']);
});

it('is gone when a renewal fails, until it comes anew', async () => {
  const { hand, said, tick, answer } = rig();
  hand.take();
  await answer(new Error('no answer'));
  tick();
  expect([hand.held, ...said]).toEqual([false, 'renew', 'lost: no answer', 'let go']);
  hand.take();
  expect(said.at(-1)).toBe('renew');
});
