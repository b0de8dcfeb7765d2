import { expect, test } from 'vitest';
import type { Focus } from '../shell/index.js';
import { actionOf, stopKey } from './use-keys.js';

const press = (key: string, focus: Focus, more: object = {}) =>
  actionOf({ key, repeat: false, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }, focus);

test.each([
  ['r', 'page', 'reset'],
  ['R', 'page', 'reset'],
  [' ', 'page', 'lap'],
  ['Enter', 'page', 'next'],
  ['e', 'page', 'e-stop'],
  ['r', 'button', 'reset'],
  [' ', 'button', undefined],
  ['Enter', 'button', undefined],
  ['r', 'text', undefined],
  ['e', 'text', undefined],
  [stopKey, 'text', 'e-stop'],
  ['r', 'list', undefined],
  ['Enter', 'list', undefined],
  ['e', 'list', 'e-stop'],
  [stopKey, 'list', 'e-stop'],
  ['q', 'page', undefined],
] as const)('%j on the %s means %s', (key, focus, action) => {
  expect(press(key, focus)).toBe(action);
});

test('E stops this car, Shift+E all of them; Shift changes no other key', () => {
  expect(press('E', 'page', { shiftKey: true })).toBe('stop-all');
  // Caps Lock.
  expect(press('E', 'page')).toBe('e-stop');
  expect(press('R', 'page', { shiftKey: true })).toBe('reset');
  expect(press('E', 'list', { shiftKey: true })).toBe('stop-all');
  expect(press('E', 'text', { shiftKey: true })).toBeUndefined();
});

test('a key that is held, or belongs to the browser, means nothing', () => {
  expect(press('r', 'page', { repeat: true })).toBeUndefined();
  expect(press('r', 'page', { ctrlKey: true })).toBeUndefined();
  expect(press('r', 'page', { metaKey: true })).toBeUndefined();
});
