import type { Micros } from '@pitwall/protocol';
import { type Drivetrain, type Now, neutral, type Outputs } from '../../hardware/index.js';
import { beatMs, type FromActuator, restingBeatMs, type ToActuator } from './messages.js';

export interface ActuatorParts {
  readonly drivetrain: Drivetrain;
  readonly now: Now;
  readonly tell: (message: FromActuator) => void;
}

/**
 * What the actuator process does: holds the outputs, keeps each setpoint until its deadline and no longer, refreshes
 * the outputs all the time, and says that it runs. Neutral is the rest state; nothing is remembered past a deadline.
 */
export class Actuator {
  readonly #parts: ActuatorParts;
  #outputs: Outputs = neutral;
  #deadline = 0 as Micros;
  #expiry: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #lost = false;
  #stopped: Promise<void> | undefined;

  constructor(parts: ActuatorParts) {
    this.#parts = parts;
  }

  /** @throws PitwallError `outputs-lost` */
  async start(): Promise<void> {
    await this.#parts.drivetrain.start();
    if (this.#stopped !== undefined) return;
    this.#pace(restingBeatMs);
    this.#parts.tell({ type: 'ready' });
  }

  take(message: ToActuator): void {
    if (this.#stopped !== undefined) return;
    switch (message.type) {
      case 'setpoint':
        this.#hold(message.outputs, message.deadline);
        break;
      case 'neutral':
        this.#neutral();
        break;
      case 'power':
        this.#pace(message.on ? beatMs : restingBeatMs);
        if (!message.on) this.#neutral();
        this.#guarded(() => this.#parts.drivetrain.enable(message.on));
        break;
      case 'begin':
        break;
      case 'end':
        void this.stop();
        break;
    }
  }

  /** Neutral, off, closed. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    clearInterval(this.#beat);
    clearTimeout(this.#expiry);
    await this.#parts.drivetrain.stop();
  }

  /** A setpoint that waited (this process was stopped, or the pipe was full) is not worth the paper it is written on. */
  #hold(outputs: Outputs, deadline: Micros): void {
    const left = deadline - this.#parts.now();
    if (left <= 0) return;
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#miss(), left / 1000);
    this.#outputs = outputs;
    this.#deadline = deadline;
    this.#write();
  }

  #miss(): void {
    this.#neutral();
    this.#parts.tell({ type: 'missed' });
  }

  #neutral(): void {
    clearTimeout(this.#expiry);
    this.#outputs = neutral;
    this.#write();
  }

  #pace(everyMs: number): void {
    clearInterval(this.#beat);
    this.#beat = setInterval(() => this.#refresh(), everyMs);
  }

  #refresh(): void {
    if (this.#outputs !== neutral && this.#parts.now() >= this.#deadline) this.#miss();
    else this.#write();
    this.#parts.tell({ type: 'beat' });
  }

  #write(): void {
    this.#guarded(() => this.#parts.drivetrain.write(this.#outputs));
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (this.#lost) return;
      this.#lost = true;
      this.#parts.tell({ type: 'lost', message: error instanceof Error ? error.message : String(error) });
    }
  }
}
