import { type EpochMs, GateId } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { Identities } from '../../link/index.js';
import { GateCheck } from './gate-check.js';

const start = GateId.parse('start');
const line = GateId.parse('line');
const message = 'something stands on the line of gate start, or its sensor is stuck';
const identities = () =>
  new Identities({
    epoch: () => 1 as EpochMs,
    timers: { set: () => undefined, clear: () => undefined },
    log: { warn: () => undefined },
  });

it('a gate that is well is no reason to be not ready, and neither is the key of the marshal', () => {
  const watch = new GateCheck(
    (gate) => (gate === start ? null : { kind: 'not-online', message: 'not online' }),
    identities(),
  );
  expect(watch.health(start).ok).toBe(true);
  expect(watch.health(GateId.parse('manual')).ok).toBe(true);
});

it('a gate in trouble is one, in the words of the trouble', () => {
  const watch = new GateCheck(() => ({ kind: 'standing', message }), identities());
  expect(watch.health(start)).toEqual({ ok: false, detail: message });
});

it('a gate that two computers say they are is none to rely on', () => {
  const both = identities();
  const watch = new GateCheck(() => null, both);
  both.admitted('gate:line', { host: 'pi', address: '10.0.0.1' });
  both.claimed('gate:line', { host: 'pi', address: '10.0.0.2' });
  expect(watch.health(line)).toEqual({
    ok: false,
    detail: 'two computers say that they are gate line: pi (10.0.0.1) and pi (10.0.0.2)',
  });
});
