import type { Micros } from '@pitwall/protocol';
import type { Now } from '@pitwall/runtime';
import { type Drivetrain, neutral, type Outputs } from '../../hardware/index.js';
import { beatMs, type FromActuator, restingBeatMs, type ToActuator } from './messages.js';

/** The agent is taken for hung when nothing came from it for so long while the motor has power, in µs. */
const agentSilence = 500_000;

export interface ActuatorParts {
  readonly drivetrain: Drivetrain;
  readonly now: Now;
  readonly tell: (message: FromActuator) => void;
}

/**
 * What the actuator process does: holds the outputs, keeps each setpoint until its deadline and no longer, refreshes
 * the outputs all the time, and says that it runs. Neutral is the rest state; nothing is remembered past a deadline. An
 * agent that hangs has the motor switched off until its next word.
 */
export class Actuator {
  readonly #parts: ActuatorParts;
  #outputs: Outputs = neutral;
  #deadline = 0 as Micros;
  #expiry: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #powered = false;
  #heard = 0 as Micros;
  /** The enable line is off because the agent hangs. */
  #cut = false;
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
    this.#heard = this.#parts.now();
    if (this.#cut) this.#enable(this.#powered);
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
        this.#powered = message.on;
        this.#enable(message.on);
        break;
      case 'begin':
      case 'beat':
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

  #enable(on: boolean): void {
    this.#cut = false;
    this.#guarded(() => this.#parts.drivetrain.enable(on));
  }

  #refresh(): void {
    if (this.#powered && !this.#cut && this.#parts.now() - this.#heard > agentSilence) {
      this.#neutral();
      this.#enable(false);
      this.#cut = true;
    }
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
