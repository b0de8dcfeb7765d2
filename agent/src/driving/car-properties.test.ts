import type { Micros } from '@pitwall/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Bed, type Decide, decided, full } from '../../testing/car-bed.js';

const steps = [
  'a moment',
  'a tenth of a second',
  'a second',
  'the policy hangs',
  'the decoder hangs',
  'everything answers',
  'what hung answers late',
  'no frames',
  'frames again',
  'the process was blocked',
  'stop',
  'e-stop',
  'the button at the car',
  'clear',
  'arm',
  'arm by hand',
  'start',
  'start with a warning',
  'resume',
  'a hand moves',
  'red flag',
  'green flag',
  'the link is lost',
  'the link is heard',
  'it is picked up',
  'a calibration borrows the outputs',
  'the calibration gives them back',
] as const;
type Step = (typeof steps)[number];

/** Who drives a car needs several steps of it to get there: without them most of what is tried happens to one that stands. */
const drives: readonly Step[] = ['clear', 'arm', 'start', 'a tenth of a second'];
const byHand: readonly Step[] = ['clear', 'arm by hand', 'start', 'a hand moves', 'a moment'];
const paths = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...steps).map((step) => [step]) },
      { weight: 2, arbitrary: fc.constant([...drives]) },
      { weight: 1, arbitrary: fc.constant([...byHand]) },
    ),
    { minLength: 3, maxLength: 24 },
  )
  .map((parts) => parts.flat());

/** µs: without an action, or a hand, for longer than that no car moves; a look more. */
const longest = 250_000 + 100_000 + 21_000;

/** A car, and what a person asked of it last. */
class Watched {
  readonly bed = new Bed();
  /** A person let it go, and nobody has stopped it since. */
  goes = false;
  /** When an action or a hand came last. */
  #actedAt = 0;
  #late: (() => void)[] = [];
  #lent: (() => void) | undefined;
  #seen = 0;
  readonly wrong: string[] = [];

  async start(): Promise<void> {
    this.answers();
    await this.bed.start();
    this.bed.car.onChange(({ phase }) => {
      // Whatever stops it by itself, only a person lets it go again.
      if (phase !== 'driving' && phase !== 'starting') this.goes = false;
    });
  }

  answers(): void {
    const decide: Decide = async () => {
      this.#actedAt = this.bed.now;
      return decided(full);
    };
    this.bed.decide = decide;
    this.bed.decode = ({ data }) => data;
  }

  async step(step: Step): Promise<void> {
    const { bed } = this;
    const { car } = bed;
    const ask = (act: () => void, lets = false) => {
      try {
        act();
      } catch {
        return;
      }
      this.goes = lets;
    };
    switch (step) {
      case 'a moment':
        await bed.pass(20);
        break;
      case 'a tenth of a second':
        await bed.pass(100);
        break;
      case 'a second':
        await bed.pass(1000);
        break;
      case 'the policy hangs':
        bed.decide = () => new Promise((resolve) => this.#late.push(() => resolve(decided(full))));
        break;
      case 'the decoder hangs':
        bed.decode = ({ data }) => new Promise((resolve) => this.#late.push(() => resolve(data)));
        break;
      case 'everything answers':
        this.answers();
        break;
      case 'what hung answers late':
        for (const answer of this.#late.splice(0)) answer();
        break;
      case 'no frames':
        bed.noFrames();
        break;
      case 'frames again':
        bed.frames();
        break;
      case 'the process was blocked':
        bed.blocked += 400_000;
        bed.frame();
        break;
      case 'stop':
        ask(() => bed.give('stop'));
        break;
      case 'e-stop':
        ask(() => bed.give('e-stop'));
        break;
      case 'the button at the car':
        ask(() => car.localStop());
        break;
      case 'clear':
        ask(() => bed.give('clear'));
        break;
      case 'arm':
        ask(() => bed.give('arm'));
        break;
      case 'arm by hand':
        ask(() => car.command({ type: 'arm', manual: true }));
        break;
      case 'start':
        this.#actedAt = bed.now;
        ask(() => bed.give('start'), true);
        break;
      case 'start with a warning':
        ask(() => car.command({ type: 'start', warn: 1_000_000 as Micros }), true);
        break;
      case 'resume':
        this.#actedAt = bed.now;
        ask(() => bed.give('resume'), true);
        break;
      case 'a hand moves':
        if (car.safety.manual) this.#actedAt = bed.now;
        car.command({ type: 'drive', steering: 0, throttle: 0.5 });
        break;
      case 'red flag':
        ask(() => car.command({ type: 'flag', flag: 'red' }));
        break;
      case 'green flag':
        car.command({ type: 'flag', flag: 'green' });
        break;
      case 'the link is lost':
        car.raised('link-lost');
        break;
      case 'the link is heard':
        car.passed('link-lost');
        break;
      case 'it is picked up':
        car.happened('picked-up');
        break;
      case 'a calibration borrows the outputs':
        if (this.#lent === undefined)
          await car.lend().then(
            (giveBack) => {
              this.#lent = giveBack;
            },
            () => undefined,
          );
        break;
      case 'the calibration gives them back':
        this.#lent?.();
        this.#lent = undefined;
        break;
    }
    this.#look(step);
  }

  #look(step: Step): void {
    const told = this.bed.outputs.told.slice(this.#seen);
    this.#seen = this.bed.outputs.told.length;
    if (!told.some(({ what }) => what === 'pulse')) return;
    // A stop that came in the same step had to be the last word.
    const last = told.findLast(({ what }) => what === 'pulse' || what === 'neutral')?.what;
    if (!this.goes && last === 'pulse') this.wrong.push(`moves after "${step}", though nobody lets it go`);
    if (this.#lent !== undefined) this.wrong.push(`moves after "${step}", though its outputs are lent`);
    if (this.bed.now - this.#actedAt > longest + 1_000_000) this.wrong.push(`moves after "${step}", by an old action`);
  }

  /** Once no more is asked of it and nothing answers, it stands, for good. */
  async standsStill(): Promise<void> {
    const never = new Promise<never>(() => {});
    this.bed.decide = () => never;
    await this.bed.pass(longest / 1000 + 1000);
    const from = this.bed.outputs.told.length;
    for (const answer of this.#late.splice(0)) answer();
    await this.bed.pass(3000);
    const { car } = this.bed;
    if (car.safety.phase === 'driving' || car.safety.phase === 'starting')
      this.wrong.push(`${this.bed.state} in the end`);
    if (this.bed.outputs.told.slice(from).some(({ what }) => what === 'pulse')) this.wrong.push('moves in the end');
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('whatever hangs, stops or is borrowed when, a car moves only after a person let it go, and never by an old action', async () => {
  await fc.assert(
    fc.asyncProperty(paths, async (path) => {
      const watched = new Watched();
      await watched.start();
      try {
        for (const step of path) await watched.step(step);
        await watched.standsStill();
        expect(watched.wrong).toEqual([]);
      } finally {
        await watched.bed.car.stop();
      }
    }),
    { numRuns: 300, endOnFailure: true },
  );
}, 120_000);

it('a path that is tried gets cars to drive', async () => {
  let moved = 0;
  for (const path of fc.sample(paths, { numRuns: 40, seed: 1 })) {
    const watched = new Watched();
    await watched.start();
    for (const step of path) await watched.step(step);
    if (watched.bed.outputs.pulses.length > 0) moved += 1;
    await watched.bed.car.stop();
  }
  expect(moved).toBeGreaterThan(15);
});
