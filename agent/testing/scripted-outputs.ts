import type { ActuatorPortParts, Port } from '../src/driving/actuator/index.js';
import type { Outputs } from '../src/hardware/index.js';

export interface Told {
  /** Which of the ports, in the order in which they were opened. */
  readonly port: number;
  readonly what: 'open' | 'neutral' | 'pulse' | 'on' | 'off' | 'end' | 'ended';
  readonly outputs?: Outputs;
}

/**
 * Actuator processes without processes: all that they were told, in order. They answer in microtasks, as few as possible,
 * so that a test can come between any two of them. As the real ones they begin at neutral, take nothing after their end, and
 * only one of them may have the outputs.
 */
export class ScriptedOutputs {
  readonly told: Told[] = [];
  readonly #open = new Set<number>();
  #ports = 0;

  /** Those that have the outputs; never more than one. */
  get open(): readonly number[] {
    return [...this.#open];
  }

  /** Pulses other than neutral that left. */
  get pulses(): readonly Told[] {
    return this.told.filter(({ what }) => what === 'pulse');
  }

  readonly openPort = (parts: ActuatorPortParts): Port => {
    const port = this.#ports;
    this.#ports += 1;
    const tell = (what: Told['what'], outputs?: Outputs) =>
      this.told.push({ port, what, ...(outputs === undefined ? {} : { outputs }) });
    let ready = false;
    let ending: Promise<void> | undefined;
    return {
      get ready() {
        return ready;
      },
      start: () => {
        if (ending !== undefined) return;
        if (this.#open.size > 0) throw new Error(`port ${port} is opened while another one has the outputs`);
        this.#open.add(port);
        tell('open');
        queueMicrotask(() => {
          if (ending !== undefined) return;
          ready = true;
          parts.onReady();
        });
      },
      // Real ones take none after their end; here it counts that nobody says one.
      setpoint: (outputs) => {
        tell(outputs.steering === 0 && outputs.throttle === 0 ? 'neutral' : 'pulse', outputs);
      },
      neutral: () => {
        if (ending === undefined) tell('neutral');
      },
      power: (on) => {
        if (ending === undefined) tell(on ? 'on' : 'off');
      },
      stop: () => {
        ending ??= Promise.resolve().then(() => {
          ready = false;
          this.#open.delete(port);
          tell('ended');
        });
        if (this.told.findLast((one) => one.port === port)?.what !== 'end') tell('end');
        return ending;
      },
    };
  };
}
