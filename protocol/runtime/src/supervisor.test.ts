import { describe, expect, it } from 'vitest';
import { Supervisor } from './index.js';

const backOff = { firstMs: 1, mostMs: 4 };

/** A device whose comings and goings the test decides. */
function device(opens: readonly ('works' | 'missing')[]) {
  const told: string[] = [];
  let lose: (why: string) => void = () => {};
  let closed = 0;
  let opened = 0;
  const waiting = new Map<string, () => void>();
  const tell = (what: string) => {
    told.push(what);
    waiting.get(what)?.();
  };
  const supervisor = new Supervisor({
    backOff,
    events: { lost: (message) => tell(`lost: ${message}`), found: () => tell('found') },
    open: async ({ there, lost }) => {
      const how = opens[Math.min(opened, opens.length - 1)];
      opened += 1;
      if (how === 'missing') throw new Error('no such device');
      lose = lost;
      there();
      return () => {
        closed += 1;
      };
    },
  });
  return {
    supervisor,
    told,
    lose: (why: string) => lose(why),
    counts: () => ({ opened, closed }),
    next: (what: string) => new Promise<void>((resolve) => waiting.set(what, resolve)),
  };
}

describe('a supervisor', () => {
  it('tries a missing device until it comes, and tells each change once', async () => {
    const { supervisor, told, next } = device(['missing', 'missing', 'missing', 'works']);
    expect(supervisor.health).toEqual({ state: 'starting', message: null, losses: 0 });
    const found = next('found');
    supervisor.start();
    await found;
    expect(told).toEqual(['lost: no such device', 'found']);
    expect(supervisor.health).toEqual({ state: 'there', message: null, losses: 0 });
    await supervisor.stop();
  });

  it('opens a lost device again after it closed it, and counts the loss', async () => {
    const { supervisor, told, lose, next, counts } = device(['works']);
    let found = next('found');
    supervisor.start();
    await found;
    found = next('found');
    lose('unplugged');
    await found;
    expect(told).toEqual(['found', 'lost: unplugged', 'found']);
    expect(counts()).toEqual({ opened: 2, closed: 1 });
    expect(supervisor.health).toEqual({ state: 'there', message: null, losses: 1 });
    await supervisor.stop();
    await supervisor.stop();
    expect(counts()).toEqual({ opened: 2, closed: 2 });
    expect(told).toHaveLength(3);
  });

  it('can be stopped while it waits', async () => {
    const { supervisor, next } = device(['missing']);
    const lost = next('lost: no such device');
    supervisor.start();
    await lost;
    await supervisor.stop();
    expect(supervisor.health).toMatchObject({ state: 'gone', message: 'no such device' });
  });
});
