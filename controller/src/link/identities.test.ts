import type { EpochMs, Micros, SessionId } from '@pitwall/protocol';
import type { Computer, Envelope } from '@pitwall/protocol/messages';
import { beforeEach, describe, expect, it } from 'vitest';
import { Holder, Identities } from './index.js';

let wall: number;
let timers: { action: () => void; due: number }[];
let lines: object[];
let identities: Identities;

beforeEach(() => {
  wall = 1_700_000_000_000;
  timers = [];
  lines = [];
  identities = new Identities({
    epoch: () => wall as EpochMs,
    timers: {
      set: (action, ms) => {
        const timer = { action, due: wall + ms };
        timers.push(timer);
        return timer;
      },
      clear: (timer) => {
        timers = timers.filter((one) => one !== timer);
      },
    },
    log: { warn: (details) => void lines.push(details) },
  });
});

function pass(seconds: number): void {
  const until = wall + seconds * 1000;
  for (const timer of timers.filter(({ due }) => due <= until)) {
    timers = timers.filter((one) => one !== timer);
    timer.action();
  }
  wall = until;
}

const pi = { host: 'pi', address: '10.0.0.1' };
const other = { host: 'pi', address: '10.0.0.2' };

describe('two computers with one identity', () => {
  it('are both named, since when, until the second has not tried for a while', () => {
    const told: unknown[] = [];
    identities.watch((name, rival) => told.push([name, rival?.address ?? null]));
    identities.admitted('car:blue', pi);
    expect(identities.of('car:blue')).toEqual({ machine: pi, rival: null });
    const since = wall;
    identities.claimed('car:blue', other);
    pass(15);
    identities.claimed('car:blue', other);
    expect(identities.of('car:blue')).toEqual({ machine: pi, rival: { ...other, since } });
    pass(44);
    expect(identities.of('car:blue').rival).not.toBeNull();
    pass(2);
    expect(identities.of('car:blue').rival).toBeNull();
    expect(told).toEqual([
      ['car:blue', '10.0.0.2'],
      ['car:blue', null],
    ]);
  });

  it('stand in the log once a minute at most', () => {
    identities.admitted('gate:start', pi);
    for (let second = 0; second < 120; second += 10) {
      identities.claimed('gate:start', other);
      pass(10);
    }
    expect(lines).toEqual([
      { identity: 'gate:start', holder: pi, rival: other },
      { identity: 'gate:start', holder: pi, rival: other },
    ]);
  });

  it('are two no longer when the second was let in', () => {
    identities.admitted('car:blue', pi);
    identities.claimed('car:blue', other);
    identities.admitted('car:blue', other);
    expect(identities.of('car:blue')).toEqual({ machine: other, rival: null });
  });
});

describe('where a broker elsewhere lets both in, what they say alone tells', () => {
  const session = (digit: number) => `00000000-0000-7000-8000-00000000000${digit}` as SessionId;
  const computer = (digit: number): Computer => ({
    host: `pi-${digit}`,
    machine: String(digit).repeat(12),
    instance: String(digit).repeat(12),
  });
  const said = (digit: number): Envelope =>
    ({ sessionId: session(digit), seq: 0, bootId: `boot-${digit}`, at: 0 }) as Envelope;
  const presence = (digit: number, status: 'online' | 'lost' = 'online') => ({
    ...said(digit),
    status,
    computer: computer(digit),
  });
  const at = (seconds: number) => (seconds * 1_000_000) as Micros;
  let holder: Holder;

  beforeEach(() => {
    holder = new Holder('car:blue', identities);
  });

  it('the first one is meant, and the second one not listened to', () => {
    expect(holder.takesPresence(presence(1), at(1))).toBe(true);
    expect(holder.takes(said(1), at(4))).toBe(true);
    expect(holder.takesPresence(presence(2), at(5))).toBe(false);
    expect(holder.takes(said(2), at(6))).toBe(false);
    expect(holder.instance).toBe('111111111111');
    expect(identities.of('car:blue')).toMatchObject({ machine: { host: 'pi-1' }, rival: { host: 'pi-2' } });
    // Its last will is not the car's.
    expect(holder.takesPresence(presence(2, 'lost'), at(7))).toBe(false);
    expect(identities.of('car:blue').rival).toBeNull();
    expect(holder.takes(said(1), at(8))).toBe(true);
  });

  it('until the first is gone, or silent for longer than any car is', () => {
    holder.takesPresence(presence(1), at(1));
    holder.takesPresence(presence(2), at(2));
    expect(holder.takes(said(2), at(4))).toBe(false);
    expect(holder.takes(said(2), at(7))).toBe(true);
    expect(holder.instance).toBe('222222222222');
    expect(holder.takesPresence(presence(2, 'lost'), at(8))).toBe(true);
    expect(holder.takesPresence(presence(1), at(8.1))).toBe(true);
    expect(identities.of('car:blue')).toMatchObject({ machine: { host: 'pi-1' }, rival: null });
  });

  it('what the broker had kept of another life of the car stands in nobody’s way', () => {
    holder.takesPresence(presence(1), undefined);
    expect(holder.takesPresence(presence(2), at(1))).toBe(true);
    expect(identities.of('car:blue').rival).toBeNull();
  });
});
