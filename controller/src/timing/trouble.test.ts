import { BootId, GateId, type Micros } from '@pitwall/protocol';
import type { GatePresence } from '@pitwall/protocol/messages';
import { describe, expect, it } from 'vitest';
import { GateRecord } from './gate-record.js';
import { crossingCame, duplicateCame, heard, presenceCame, type Signs, troubleOf } from './trouble.js';

const bootId = BootId.parse('boot');
const at = (seconds: number) => (seconds * 1e6) as Micros;
const online = { status: 'online', sensor: 'ok', lost: 0, waiting: 0 } as GatePresence;

/** A gate that has answered a question. */
function signs(): Signs {
  const fresh = new GateRecord(GateId.parse('start'), bootId, {} as never, 0).signs;
  presenceCame(fresh, online, at(0));
  fresh.answers = true;
  return fresh;
}
const kindAt = (of: Signs, seconds: number) => troubleOf(of, at(seconds))?.kind ?? 'well';
const cross = (of: Signs, seconds: number, transponder?: string) =>
  crossingCame(of, { bootId, at: at(seconds), transponder }, at(seconds));

describe('a gate cannot be relied on', () => {
  it.each([
    ['that was never heard', {}, 'not-online'],
    ['whose computer is off', { status: 'lost' }, 'not-online'],
    ['that was ended', { status: 'offline' }, 'not-online'],
    ['whose cable is out', { sensor: 'gone' }, 'sensor-gone'],
    ['on whose line something stands', { sensor: 'stuck' }, 'standing'],
    ['whose disk is full', { keeping: false }, 'cannot-keep'],
    ['that is well', { keeping: true }, 'well'],
    ['that says nothing of its disk', { keeping: undefined }, 'well'],
  ] as const)('%s', (_, presence, kind) => {
    const of = signs();
    if (kind === 'not-online' && !('status' in presence)) of.presence = undefined;
    else presenceCame(of, { ...online, ...presence } as GatePresence, at(1));
    expect(kindAt(of, 1)).toBe(kind);
  });

  it('whose computer hangs: it is told within 3 s, and it is well again when it answers', () => {
    const of = signs();
    heard(of, at(10));
    // Two questions a second are the fewest.
    of.unanswered = 3;
    expect(kindAt(of, 11.5)).toBe('well');
    of.unanswered = 5;
    expect(kindAt(of, 12.5)).toBe('silent');
    heard(of, at(13));
    expect(kindAt(of, 13)).toBe('well');
  });

  it('but not one that never answers questions, nor one that was not asked because the controller itself stood still', () => {
    const mute = signs();
    mute.answers = false;
    mute.unanswered = 1000;
    expect(kindAt(mute, 100)).toBe('well');
    const of = signs();
    of.unanswered = 1;
    expect(kindAt(of, 100)).toBe('well');
  });

  it('whose timer speaks a language that it does not know, until a crossing shows that it works', () => {
    const of = signs();
    presenceCame(of, { ...online, lost: 1 }, at(10));
    expect(kindAt(of, 10)).toBe('loses');
    expect(kindAt(of, 600)).toBe('loses');
    expect(troubleOf(of, at(11))?.message).toContain('(1)');
    presenceCame(of, { ...online, lost: 3 }, at(601));
    expect(troubleOf(of, at(601))?.message).toContain('(3)');
    cross(of, 605);
    expect(kindAt(of, 606)).toBe('loses');
    expect(kindAt(of, 612)).toBe('well');
    presenceCame(of, { ...online, lost: 4 }, at(700));
    expect(troubleOf(of, at(700))?.message).toContain('(1)');
  });

  it('but what it lost before the controller came, or an earlier process of it, is no news', () => {
    const of = signs();
    presenceCame(of, { ...online, lost: 7 }, at(1));
    cross(of, 20);
    presenceCame(of, { ...online, lost: 0 }, at(30));
    presenceCame(of, { ...online, lost: 0 }, at(31));
    expect(kindAt(of, 31)).toBe('well');
  });

  it('that sends the same again and again and nothing new', () => {
    const of = signs();
    for (const second of [10, 11, 13, 17]) duplicateCame(of, at(second));
    expect(kindAt(of, 17)).toBe('only-duplicates');
    cross(of, 18);
    expect(kindAt(of, 18)).toBe('well');
    // What was under way when a cable was out comes again at once, and is answered.
    for (let i = 0; i < 500; i += 1) duplicateCame(of, at(20 + i / 1000));
    expect(kindAt(of, 21)).toBe('well');
  });

  it('on whose strip a car stands, so that it fires with every hold-off, until that is over', () => {
    const of = signs();
    for (let second = 10; second <= 15; second += 1) cross(of, second);
    expect(kindAt(of, 15)).toBe('well');
    cross(of, 16);
    expect(kindAt(of, 16)).toBe('standing');
    expect(kindAt(of, 19)).toBe('well');
    const field = signs();
    for (let second = 10; second <= 30; second += 1) cross(field, second, `car-${second % 3}`);
    expect(kindAt(field, 30)).toBe('well');
  });
});
