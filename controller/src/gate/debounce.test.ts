import { BootId, type Micros } from '@pitwall/protocol';
import { describe, expect, it } from 'vitest';
import { Debounce } from './debounce.js';

const boot = BootId.parse('boot');
const edge = (ms: number, more: { level?: 0 | 1; sensor?: number; transponder?: string; bootId?: BootId } = {}) => ({
  bootId: boot,
  at: (ms * 1000) as Micros,
  uncertainty: 1 as Micros,
  ...more,
});
const rules = { edge: 'falling', holdoff: 1_000_000 as Micros } as const;
const accepted = (subject: Debounce, edges: readonly ReturnType<typeof edge>[]) =>
  edges.filter((each) => subject.accepts(each)).map(({ at }) => at / 1000);

describe('of raw edges, a crossing is', () => {
  it('the first edge of a pass, in the direction of the nose', () => {
    const bounce = [edge(10, { level: 1 }), edge(20, { level: 0 }), edge(21, { level: 1 }), edge(22, { level: 0 })];
    expect(accepted(new Debounce(rules), [...bounce, edge(400, { level: 0 }), edge(1500, { level: 0 })])).toEqual([
      20, 1500,
    ]);
  });

  it("one for both of a gate's sensors", () => {
    const both = [
      edge(20, { level: 0, sensor: 1 }),
      edge(23, { level: 0, sensor: 0 }),
      edge(2000, { level: 0, sensor: 0 }),
    ];
    expect(accepted(new Debounce(rules), both)).toEqual([20, 2000]);
  });

  it('one for every hold-off of a chattering sensor: it hides no car', () => {
    const chatter = Array.from({ length: 4000 }, (_, i) => edge(i, { level: (i % 2) as 0 | 1 }));
    expect(accepted(new Debounce(rules), chatter)).toEqual([0, 1000, 2000, 3000]);
  });

  it('one for each transponder', () => {
    const cars = [edge(10, { transponder: 'a' }), edge(12, { transponder: 'b' }), edge(500, { transponder: 'a' })];
    expect(accepted(new Debounce(rules), cars)).toEqual([10, 12]);
  });

  it('counted in each life of a clock by itself', () => {
    const other = BootId.parse('other');
    expect(accepted(new Debounce(rules), [edge(10), edge(11, { bootId: other })])).toEqual([10, 11]);
  });

  it('not one that an earlier process had', () => {
    const subject = new Debounce(rules);
    subject.resume(boot, 10_000 as Micros);
    expect(accepted(subject, [edge(500), edge(1010)])).toEqual([1010]);
  });
});
