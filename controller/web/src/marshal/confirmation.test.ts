import type { OpenDoubt } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { ask, isAsked, pressConfirm } from './confirmation.js';

const runId = 'run';
const doubt = (lap: number) => ({ lap }) as OpenDoubt;

test('nothing in doubt is confirmed at once', () => {
  expect(pressConfirm(null, { runId, doubts: [] }, 0)).toBe('confirm');
});

test('doubts are asked about, and a second press counts when they can have been read', () => {
  const confirming = { runId, doubts: [doubt(3)] };
  expect(pressConfirm(null, confirming, 5000)).toBe('ask');
  const question = ask(confirming, 5000);
  expect(pressConfirm(question, confirming, 5999)).toBe('wait');
  expect(pressConfirm(question, confirming, 6000)).toBe('without-doubtful');
});

test('other doubts, and another run, are another question', () => {
  const question = ask({ runId, doubts: [doubt(3)] }, 0);
  expect(pressConfirm(question, { runId, doubts: [doubt(3), doubt(4)] }, 9000)).toBe('ask');
  expect(pressConfirm(question, { runId: 'other', doubts: [doubt(3)] }, 9000)).toBe('ask');
  expect(isAsked(question, { runId, doubts: [] })).toBe(false);
});

test('what the desk asked is asked, also where the page sees no doubt', () => {
  const confirming = { runId, doubts: [] };
  const question = ask(confirming, 0, 'Lap 3 is in doubt.');
  expect(isAsked(question, confirming)).toBe(true);
  expect(pressConfirm(question, confirming, 2000)).toBe('without-doubtful');
});
