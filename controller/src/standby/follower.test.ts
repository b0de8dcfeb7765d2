import { expect, it, vi } from 'vitest';
import { Follower } from './follower.js';

/** Whether a promise has resolved by now. */
const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  const open = Symbol();
  await Promise.resolve();
  return (await Promise.race([promise, Promise.resolve(open)])) !== open;
};

it('nobody waits where no standby ever followed', async () => {
  expect(await isDone(new Follower().has())).toBe(true);
});

it('what was told is there when the next question names it, and not when the answer was lost', async () => {
  const follower = new Follower();
  follower.asks(0);
  follower.answers(10, 0);
  const has = follower.has();
  follower.asks(10);
  expect(await isDone(has)).toBe(false);
  follower.answers(11, 0);
  // The answer was lost: it asks for the same again.
  follower.asks(10);
  expect(await isDone(has)).toBe(false);
  follower.answers(11, 0);
  follower.asks(11);
  expect(await isDone(has)).toBe(true);
  follower.stop();
});

it('an answer with more behind it has not yet what somebody waits for', async () => {
  const follower = new Follower();
  follower.asks(0);
  const has = follower.has();
  follower.answers(500, 20);
  follower.asks(500);
  expect(await isDone(has)).toBe(false);
  follower.answers(520, 0);
  follower.asks(520);
  expect(await isDone(has)).toBe(true);
  follower.stop();
});

it('who is away for ten minutes is waited for no longer', async () => {
  vi.useFakeTimers();
  try {
    const follower = new Follower();
    follower.expect();
    const has = follower.has();
    vi.advanceTimersByTime(599_000);
    expect(await isDone(has)).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(await isDone(has)).toBe(true);
    expect(await isDone(follower.has())).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
