import type { GateId } from '@pitwall/protocol';
import type { GateHealth } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { gateStatus } from './gate-status.js';

const line = 'line' as GateId;
const health = (over: Partial<GateHealth>) =>
  [{ gate: line, status: 'online', sensor: 'ok', lastSeenAgo: 400_000, ...over }] as unknown as GateHealth[];

it.each([
  [health({}), true, 'sees'],
  [health({ sensor: 'stuck' }), false, 'something stands on the line, or the sensor chatters'],
  [health({ sensor: 'gone' }), false, 'its sensor does not answer'],
  [health({ status: 'lost' }), false, 'lost its link'],
  [health({ status: 'offline' }), false, 'is off'],
  [health({ lastSeenAgo: 2_600_000 as GateHealth['lastSeenAgo'] }), false, 'silent for 3 s'],
  [[], false, 'was never heard'],
  [undefined, false, 'nobody knows how it is'],
])('a gate of which %o is known', (gates, ok, text) => {
  expect(gateStatus(line, gates)).toEqual({ ok, text });
});

it('asks no machine about a gate that is a key', () => {
  expect(gateStatus('manual' as GateId, undefined)).toEqual({ ok: true, text: 'by hand' });
});
