import { connect, type Socket } from 'node:net';
import type { DrivetrainProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import { type Drivetrain, type DrivetrainEvents, neutral, type Outputs } from '../drivetrain.js';

type Profile = Extract<DrivetrainProfile, { kind: 'simulated' }>;

/**
 * The wires to the simulated car's motor and steering: a Unix socket into the world's process, which holds the last
 * value as sysfs PWM holds its pulse.
 */
export class SimulatedDrivetrain implements Drivetrain {
  readonly #profile: Profile;
  readonly #events: DrivetrainEvents;
  #socket: Socket | undefined;
  #enabled = false;
  #ended: Promise<void> | undefined;

  constructor(profile: Profile, events: DrivetrainEvents) {
    this.#profile = profile;
    this.#events = events;
  }

  async start(): Promise<void> {
    const socket = connect(this.#profile.socket);
    this.#socket = socket;
    this.#send(neutral);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (cause) =>
        reject(new PitwallError('outputs-lost', 'The simulated car does not answer.', { cause })),
      );
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#socket === socket) this.#events.onLost('the simulated car is gone');
    });
  }

  write(outputs: Outputs): void {
    this.#send(this.#enabled ? outputs : { ...outputs, throttle: 0 });
  }

  enable(on: boolean): void {
    this.#enabled = on;
  }

  stop(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined || socket.destroyed) return;
    await new Promise<void>((resolve) => socket.end(this.#line(neutral), () => resolve()));
  }

  #send(outputs: Outputs): void {
    this.#socket?.write(this.#line(outputs));
  }

  #line({ steering, throttle }: Outputs): string {
    const { degrees, speed } = this.#profile;
    return `${JSON.stringify({ steeringDeg: steering * degrees, speedMps: throttle * speed })}\n`;
  }
}
