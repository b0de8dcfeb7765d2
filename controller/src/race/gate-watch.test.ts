import { GateId } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { GateWatch } from './gate-watch.js';

const start = GateId.parse('start');
const one = { of: () => ({ machine: null, rival: null }) };
const message = 'something stands on the line of gate start, or its sensor is stuck';

it('a gate that is well is no reason to be not ready, and neither is the key of the marshal', () => {
  const watch = new GateWatch((gate) => (gate === start ? null : { kind: 'not-online', message: 'not online' }), one);
  expect(watch.health(start).ok).toBe(true);
  expect(watch.health(GateId.parse('manual')).ok).toBe(true);
});

it('a gate in trouble is one, in the words of the trouble', () => {
  const watch = new GateWatch(() => ({ kind: 'standing', message }), one);
  expect(watch.health(start)).toEqual({ ok: false, detail: message });
});
