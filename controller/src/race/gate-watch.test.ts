import { type EpochMs, GateId } from '@pitwall/protocol';
import type { GatePresence } from '@pitwall/protocol/messages';
import { expect, it } from 'vitest';
import { Identities, type Incoming } from '../link/index.js';
import { GateWatch } from './gate-watch.js';

const line = GateId.parse('line');
const identities = new Identities({
  epoch: () => 1 as EpochMs,
  timers: { set: () => undefined, clear: () => undefined },
  log: { warn: () => undefined },
});

it('a gate is healthy when it is online, its sensor sees, and one computer says that it is it; a hand always is', () => {
  let hear: (presence: Partial<GatePresence>) => void = () => undefined;
  const gates = new GateWatch(
    {
      subscribe: (_filter, _schema, handle) => {
        hear = (message) => void handle({ message, from: { of: 'gate', id: line } } as unknown as Incoming<never>);
      },
    },
    identities,
  );
  gates.start();
  expect(gates.health(GateId.parse('manual'))).toEqual({ ok: true, detail: 'crossings by hand' });
  expect(gates.health(line)).toEqual({ ok: false, detail: 'gate line is not online' });
  hear({ status: 'online', sensor: 'stuck' });
  expect(gates.health(line)).toEqual({ ok: false, detail: 'the sensor of gate line is stuck' });
  hear({ status: 'online', sensor: 'ok' });
  expect(gates.health(line)).toEqual({ ok: true, detail: 'gate line is online' });
  identities.admitted('gate:line', { host: 'pi', address: '10.0.0.1' });
  identities.claimed('gate:line', { host: 'pi', address: '10.0.0.2' });
  expect(gates.health(line)).toEqual({
    ok: false,
    detail: 'two computers say that they are gate line: pi (10.0.0.1) and pi (10.0.0.2)',
  });
});
