import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Drivetrain, DrivetrainEvents, Outputs } from '../src/hardware/index.js';

export interface DrivetrainUnderTest {
  make(events: DrivetrainEvents): Drivetrain;
  /**
   * What wheels and motor do now, as shares; undefined while they get no pulse. Without power (the enable line is off) the
   * throttle is 0.
   */
  outputs(): Outputs | undefined;
  /** The cable is out, the bus is dead, the files are gone. */
  takeAway(): void | Promise<void>;
  stop(): Promise<void>;
}

const full: Outputs = { steering: -1, throttle: 1 };
const half: Outputs = { steering: 0.5, throttle: -0.5 };
const straight: Outputs = { steering: 0, throttle: 0 };
/** A step of a PCA9685 is a 27th of a motor's range, and an interrupt of a board lengthens a pulse by up to 7 µs. */
const tolerance = 0.1;
const quickly = { timeout: 10_000, interval: 5 };

/** What a {@link Drivetrain} promises, whatever it drives. */
export function drivetrainContract(name: string, open: () => Promise<DrivetrainUnderTest>): void {
  describe(`a drivetrain by ${name}`, () => {
    let world: DrivetrainUnderTest;
    let told: string[];
    let drivetrain: Drivetrain;

    beforeEach(async () => {
      world = await open();
      told = [];
      drivetrain = world.make({
        onLost: (message) => told.push(message),
        onSilent: (message) => told.push(message),
        onAnswering: () => told.push('answers'),
        onTripped: () => {},
      });
    });
    afterEach(async () => {
      await drivetrain.stop().catch(() => {});
      await world.stop();
    });

    const expectOutputs = (wanted: Outputs) => {
      const { steering = Number.NaN, throttle = Number.NaN } = world.outputs() ?? {};
      expect(Math.abs(steering - wanted.steering), `steering ${steering}`).toBeLessThan(tolerance);
      expect(Math.abs(throttle - wanted.throttle), `throttle ${throttle}`).toBeLessThan(tolerance);
    };
    const reaches = (wanted: Outputs) => vi.waitFor(() => expectOutputs(wanted), quickly);
    /** Neutral, or no pulse at all: so it stays. */
    const isAtRest = () => {
      if (world.outputs() !== undefined) expectOutputs(straight);
    };
    const refusal = (work: Promise<void>) =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      );
    const lost = expect.objectContaining({ code: 'outputs-lost', message: expect.stringMatching(/^[A-Z/].+\.$/) });

    it('begins neutral, puts out what it is told as often as it is told, and ends neutral', async () => {
      await drivetrain.start();
      await reaches(straight);
      drivetrain.enable(true);
      for (const outputs of [full, half, half, straight, full]) {
        drivetrain.write(outputs);
        await reaches(outputs);
      }
      await drivetrain.stop();
      await reaches(straight);
      expect(told).toEqual([]);
    });

    it('moves no motor that is switched off, where it can be', async () => {
      await drivetrain.start();
      drivetrain.enable(true);
      drivetrain.write(full);
      await reaches(full);
      drivetrain.enable(false);
      drivetrain.write(straight);
      await reaches(straight);
    });

    it('is stopped as often as one likes, also at once', async () => {
      await drivetrain.start();
      await Promise.all([drivetrain.stop(), drivetrain.stop()]);
      await drivetrain.stop();
      await reaches(straight);
      expect(told).toEqual([]);
    });

    it('takes nothing after its end: no pulse, no power, no words', async () => {
      await drivetrain.start();
      drivetrain.enable(true);
      await drivetrain.stop();
      await reaches(straight);
      drivetrain.write(full);
      drivetrain.enable(true);
      drivetrain.write(full);
      isAtRest();
      await world.takeAway();
      expect(told).toEqual([]);
    });

    it('takes nothing before its start, and its stop is nothing then', async () => {
      drivetrain.write(full);
      drivetrain.enable(true);
      drivetrain.write(full);
      isAtRest();
      await drivetrain.stop();
      expect(told).toEqual([]);
    });

    it('may be stopped while it starts, and holds nothing then', async () => {
      const starting = refusal(drivetrain.start());
      await drivetrain.stop();
      expect([undefined, lost]).toContainEqual(await starting);
      drivetrain.enable(true);
      drivetrain.write(full);
      isAtRest();
      await world.takeAway();
      expect(told).toEqual([]);
    });

    it('says so where there are no outputs, and may be stopped all the same', async () => {
      await world.takeAway();
      const refused = await refusal(drivetrain.start());
      // A bus that takes a write and loses it is found out by looking.
      if (refused === undefined) await vi.waitFor(() => expect(told).toHaveLength(1), quickly);
      else expect(refused).toEqual(lost);
      drivetrain.enable(false);
      await refusal(drivetrain.stop());
      await drivetrain.stop();
    });

    it('says so when its outputs go away, once', async () => {
      await drivetrain.start();
      drivetrain.enable(true);
      drivetrain.write(full);
      await reaches(full);
      await world.takeAway();
      const thrown = await vi.waitFor(() => {
        if (told.length > 0) return undefined;
        try {
          drivetrain.write(full);
        } catch (error) {
          return error;
        }
        throw new Error('nobody was told');
      }, quickly);
      if (thrown !== undefined) expect(thrown).toEqual(lost);
      else expect(told).toEqual([expect.stringMatching(/\w+ \w+ \w+/)]);
      const before = told.length;
      // Where neutral does not leave this computer any more, it says that; closed it is.
      expect([undefined, lost]).toContainEqual(await refusal(drivetrain.stop()));
      await drivetrain.stop();
      drivetrain.write(full);
      expect(told).toHaveLength(before);
    });
  });
}

/** The share that a pulse stands for: what `pulse` made of it, backwards. */
export function shareOf(
  nanoseconds: number,
  {
    min,
    mid,
    max,
    polarity,
  }: { readonly min: number; readonly mid: number; readonly max: number; readonly polarity: number },
): number {
  const off = nanoseconds - mid;
  return (off / (off < 0 ? mid - min : max - mid)) * polarity;
}
