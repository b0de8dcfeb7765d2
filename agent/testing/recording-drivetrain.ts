import { PitwallError } from '@pitwall/protocol';
import { type Drivetrain, neutral, type Outputs } from '../src/hardware/index.js';

/** A drivetrain that remembers what it was told, and puts out what a real one would. */
export class RecordingDrivetrain implements Drivetrain {
  readonly written: Outputs[] = [];
  enabled: boolean | undefined;
  /** There are no outputs (any more). */
  fail = false;
  #started = false;

  async start(): Promise<void> {
    this.#try();
    this.#started = true;
    this.written.push(neutral);
  }

  write(outputs: Outputs): void {
    if (!this.#started) return;
    this.#try();
    this.written.push(outputs);
  }

  enable(on: boolean): void {
    if (this.#started) this.enabled = on;
  }

  async stop(): Promise<void> {
    if (!this.#started) return;
    this.#started = false;
    this.enabled = false;
    if (!this.fail) this.written.push(neutral);
  }

  get last(): Outputs | undefined {
    return this.written.at(-1);
  }

  #try(): void {
    if (this.fail) throw new PitwallError('outputs-lost', 'There is no wire.');
  }
}
