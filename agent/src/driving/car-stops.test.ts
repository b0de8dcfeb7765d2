import type { Micros } from '@pitwall/protocol';
import type { Action, Decision } from '@pitwall/protocol/policy';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bed, type Decide, decided, full, prompt } from '../../testing/car-bed.js';

/** Never settles by itself. Answers how to settle it. */
function hanging(): { readonly decide: Decide; readonly asked: () => boolean; answer(action: Action | Error): void } {
  let settle: { resolve: (decision: Decision) => void; reject: (error: Error) => void } | undefined;
  return {
    decide: () => new Promise((resolve, reject) => (settle = { resolve, reject })),
    asked: () => settle !== undefined,
    answer: (action) => (action instanceof Error ? settle?.reject(action) : settle?.resolve(decided(action))),
  };
}

let bed: Bed;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  await bed.car.stop();
  vi.useRealTimers();
});

describe('a car whose actions stop coming', () => {
  const never = new Promise<never>(() => {});
  it.each<[what: string, hang: () => void]>([
    ['the policy never answers', () => (bed.decide = () => never)],
    ['the decoder never answers', () => (bed.decode = () => never)],
  ])('faults a quarter of a second after the last one: %s', async (_, hang) => {
    bed = await new Bed().start();
    await bed.drive();
    hang();
    const told = bed.since();
    await bed.pass(250);
    expect(bed.state).toBe('driving');
    await bed.pass(21);
    expect(bed.state).toBe('faulted: inference-slow');
    expect(told()).toEqual(['neutral', 'off']);
    await bed.pass(60_000);
    expect(bed.state).toBe('faulted: inference-slow');
    expect(told()).toEqual(['neutral', 'off']);
    // It is not armed while it hangs.
    bed.give('clear');
    expect(() => bed.give('arm')).toThrow(/does not answer/);
  });

  it('faults where none comes at all after a start, a frame’s time later than that', async () => {
    bed = await new Bed().start();
    bed.give('arm');
    bed.decide = () => never;
    bed.give('start');
    await bed.pass(350);
    expect(bed.state).toBe('driving');
    await bed.pass(21);
    expect(bed.state).toBe('faulted: inference-slow');
    expect(bed.outputs.pulses).toEqual([]);
  });

  it('faults where every frame that is answered is too old to act upon', async () => {
    bed = await new Bed().start();
    await bed.drive();
    bed.decide = async () => {
      await new Promise((resolve) => setTimeout(resolve, 110));
      return decided(full);
    };
    await bed.pass(271);
    expect(bed.state).toBe('faulted: inference-slow');
  });

  it('says that the camera is silent where that is why', async () => {
    bed = await new Bed().start();
    await bed.drive();
    bed.noFrames();
    await bed.pass(2000);
    expect(bed.state).toBe('faulted: stale-frame');
  });

  it('that blocked this very process: nothing moves when it goes on, before anybody looked', async () => {
    bed = await new Bed().start();
    await bed.drive();
    bed.decode = ({ data }) => {
      bed.decode = (frame) => frame.data;
      bed.blocked += 4_000_000;
      return data;
    };
    const told = bed.since();
    bed.frame();
    // The next frames are here already, and fresh: they are looked at before any timer of this process comes.
    for (let i = 0; i < 20; i++) {
      await undefined;
      bed.frame();
    }
    expect(told()).toEqual(['neutral', 'off']);
    expect(bed.state).toBe('faulted: inference-slow');
  });

  it.each([['clear'], ['clear', 'arm'], ['clear', 'arm', 'start'], []] as const)(
    'an answer that comes after the fault moves nothing, also not after %s %s %s',
    async (...commands) => {
      // A slow camera: the frame that hung is still fresh enough to act upon.
      bed = await new Bed(10).start();
      await bed.drive();
      await bed.pass(60);
      const hung = hanging();
      bed.decide = hung.decide;
      while (!hung.asked()) await bed.pass(1);
      while (bed.state === 'driving') await bed.pass(1);
      const before = bed.outputs.pulses.length;
      bed.give(...commands);
      bed.decide = prompt;
      hung.answer({ steeringDeg: 0, speedMps: 0.25 });
      await bed.pass(200);
      const moved = bed.outputs.pulses.slice(before).map(({ outputs }) => outputs?.throttle);
      // Who starts it anew has it drive by the frames of now.
      expect(new Set(moved)).toEqual(new Set(commands.some((one) => one === 'start') ? [1] : []));
    },
  );

  it('an answer from before a stop neither drives nor fails what was started after it; the next frame drives', async () => {
    bed = await new Bed().start();
    for (const outcome of [full, { steeringDeg: Number.NaN, speedMps: 1 }, new Error('broken')]) {
      if (bed.state === 'disarmed') await bed.drive();
      const hung = hanging();
      bed.decide = hung.decide;
      while (!hung.asked()) await bed.pass(1);
      bed.give('stop', 'resume');
      bed.decide = prompt;
      const told = bed.since();
      hung.answer(outcome);
      await bed.pass(1);
      expect(told()).toEqual([]);
      expect(bed.state).toBe('driving');
      await bed.acted();
    }
  });

  it('is not stopped for it while it is driven by hand', async () => {
    bed = await new Bed().start();
    bed.decide = () => never;
    bed.car.command({ type: 'arm', manual: true });
    bed.give('start');
    for (let i = 0; i < 40; i++) {
      bed.car.command({ type: 'drive', steering: 0, throttle: 0.2 });
      await bed.pass(100);
    }
    expect(bed.state).toBe('driving');
  });

  describe.each([5, 10, 15, 30, 60])('a camera at %d Hz', (rate) => {
    it.each([0, 10, 15, 30])(
      'with a limit of %d drives on, with one frame of three lost, and one answer of four slow',
      async (limit) => {
        bed = await new Bed(rate, limit).start();
        let count = 0;
        bed.losesEvery = 3;
        // Within two frame times, which is not called slow.
        bed.decide = async () => {
          count += 1;
          const ms = count % 4 === 0 ? Math.min(1900 / rate, 95) : 5;
          await new Promise((resolve) => setTimeout(resolve, ms));
          return decided(full);
        };
        bed.give('arm', 'start');
        await bed.pass(20_000);
        expect(bed.state).toBe('driving');
        const everySecond = bed.outputs.pulses.length / 20;
        expect(everySecond).toBeGreaterThan(0.5 * Math.min(rate, limit === 0 ? rate : limit));
      },
    );
  });
});

describe('a start with a warning', () => {
  const warn = 1_000_000 as Micros;

  it('stands at neutral for as long, and then drives', async () => {
    bed = await new Bed().start();
    bed.give('arm');
    const told = bed.since();
    bed.car.command({ type: 'start', warn });
    expect(bed.car.snapshot().safety).toBe('starting');
    await bed.pass(1000);
    expect(bed.state).toBe('starting');
    expect(told()).toEqual([]);
    await bed.pass(1 + 34);
    expect(bed.state).toBe('driving');
    expect(told()).toContain('pulse');
  });

  it.each<[what: string, stop: () => void, state: string]>([
    ['an e-stop', () => bed.give('e-stop'), 'faulted: e-stop'],
    ['an e-stop at the car', () => bed.car.localStop(), 'faulted: e-stop'],
    ['a stop', () => bed.give('stop'), 'stopped: stop'],
    ['a red flag', () => bed.car.command({ type: 'flag', flag: 'red' }), 'stopped: red-flag'],
    ['a hand that lifts it', () => bed.car.happened('picked-up'), 'stopped: picked-up'],
    ['the loss of its link', () => bed.car.raised('link-lost'), 'stopped: link-lost'],
    ['the loss of its outputs', () => bed.car.raised('outputs-lost'), 'faulted: outputs-lost'],
    ['a silent camera', () => bed.noFrames(), 'faulted: stale-frame'],
    ['a policy that hangs', () => (bed.decide = () => new Promise(() => {})), 'faulted: inference-slow'],
  ])('is ended by %s', async (_, stop, state) => {
    bed = await new Bed().start();
    bed.give('arm');
    bed.car.command({ type: 'start', warn });
    await bed.pass(500);
    stop();
    await bed.pass(60_000);
    expect(bed.state).toBe(state);
    expect(bed.outputs.pulses).toEqual([]);
  });

  it('is over at once where a person stops it and starts it anew: the old one does not cut the new one short', async () => {
    bed = await new Bed().start();
    bed.give('arm');
    bed.car.command({ type: 'start', warn });
    await bed.pass(900);
    bed.give('stop');
    bed.car.command({ type: 'start', warn });
    await bed.pass(1000);
    expect(bed.state).toBe('starting');
    expect(bed.outputs.pulses).toEqual([]);
    await bed.pass(2);
    expect(bed.state).toBe('driving');
  });
});

describe('an e-stop', () => {
  it('is neutral at once, the first and every other one, whatever the car does', async () => {
    bed = await new Bed().start();
    for (const commands of [[], ['arm'], ['arm', 'start'], ['arm', 'start', 'stop']] as const) {
      bed.give(...commands);
      for (let i = 0; i < 3; i++) {
        const told = bed.since();
        bed.give('e-stop');
        expect(told()[0]).toBe('neutral');
        expect(bed.state).toBe('faulted: e-stop');
      }
      bed.give('clear');
    }
  });

  it('while the outputs are being lent: they are given back, and nobody has them', async () => {
    bed = await new Bed().start();
    const lent = bed.car.lend();
    bed.give('e-stop');
    await expect(lent).rejects.toMatchObject({ code: 'command-refused' });
    await bed.pass(1);
    expect(bed.car.readiness().outputs).toBe(true);
    bed.give('clear', 'arm');
  });
});
