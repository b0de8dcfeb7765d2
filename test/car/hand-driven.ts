import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CarAction } from '@pitwall/protocol/messages';
import { Agent } from '../drive/agent.js';
import { MotorWatch } from '../drive/motor-watch.js';
import { SysfsRig } from '../drive/rigs.js';
import { watchedCar } from '../drive/watched-car.js';
import type { TrackDay } from '../race/track-day.js';

/** A hand is heard five times a second: it may be silent for 300 ms. */
const handMs = 200;

/** A car at a real controller: the real agent on outputs that are watched, driven by hand at full throttle. */
export class HandDrivenCar {
  readonly car: string;
  readonly motor: MotorWatch;
  readonly #day: TrackDay;
  readonly #crew: string;
  readonly #rig = new SysfsRig();
  readonly #agent: Agent;
  #hand: NodeJS.Timeout | undefined;

  private constructor(day: TrackDay, car: string, password: string, crew: string) {
    this.#day = day;
    this.car = car;
    this.#crew = crew;
    this.motor = new MotorWatch(this.#rig);
    const passwordfile = join(day.folder, `${car}.password`);
    writeFileSync(passwordfile, `${password}\n`, { mode: 0o600 });
    this.#agent = new Agent({
      track: { car, port: Number(new URL(day.mqtt).port), password },
      profile: watchedCar(this.#rig, { camera: { kind: 'none' } }),
      model: false,
      over: {
        recorder: { when: 'never' },
        // Only what a test does may stop the car: a busy machine must not.
        link: { url: day.mqtt, passwordfile, after: 20_000 },
      },
    });
  }

  /** @param crew the token of somebody who may command it */
  static async at(day: TrackDay, car: string, crew: string): Promise<HandDrivenCar> {
    return new HandDrivenCar(day, car, await day.token('car', car), crew);
  }

  async start(): Promise<void> {
    await this.#rig.start();
    this.#agent.start();
    await this.#agent.says('linked to the track');
  }

  async command(action: CarAction): Promise<unknown> {
    return await this.#day.post(`/api/v1/cars/${this.car}/commands`, { action }, this.#crew);
  }

  /** At full throttle, from whatever state; returns when the motor has it. */
  async drive(): Promise<void> {
    for (;;) {
      // What is not meant in the state that it is in is refused, and does no harm.
      for (const action of [{ type: 'clear' }, { type: 'arm', manual: true }, { type: 'start' }] as const)
        await this.command(action).catch(() => undefined);
      this.#hand ??= setInterval(() => void this.#push(), handMs);
      await this.#push();
      if (await this.motor.full()) return;
    }
  }

  /** The hand lets go. */
  rest(): void {
    clearInterval(this.#hand);
    this.#hand = undefined;
  }

  async stop(): Promise<void> {
    this.rest();
    await this.#agent.stop();
    await this.#rig.stop();
  }

  async #push(): Promise<void> {
    await this.command({ type: 'drive', steering: 0, throttle: 1 }).catch(() => undefined);
  }
}
