import type { DeviceEvents, DeviceHealth } from './device.js';

export interface KeeperParts {
  /**
   * Opens the device; rejects when it is not there. Calls `there` when it works (its first sample came) and `lost` when it
   * does so no more. Gives what closes it, which is called in any case.
   */
  readonly open: (signal: {
    readonly there: () => void;
    readonly lost: (why: string) => void;
  }) => Promise<() => void | Promise<void>>;
  readonly events: DeviceEvents;
  /** Waits between tries, in ms: the first, doubled up to the most. */
  readonly backoff?: { readonly first: number; readonly most: number };
}

/** Keeps a device going: opens it, hears that it is lost, and tries again until it is told to stop. */
export class Keeper {
  readonly #parts: KeeperParts;
  #health: DeviceHealth = { state: 'starting', message: null, losses: 0 };
  #running: Promise<void> | undefined;
  #stopped = false;
  #tries = 0;
  /** Ends what is being waited for. */
  #wake: (why: string) => void = () => {};

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  get health(): DeviceHealth {
    return this.#health;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Closes it. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake('stopped');
    await this.#running;
  }

  async #run(): Promise<void> {
    const { first, most } = this.#parts.backoff ?? { first: 250, most: 4000 };
    while (!this.#stopped) {
      const gone = new Promise<string>((resolve) => {
        this.#wake = resolve;
      });
      let close: (() => void | Promise<void>) | undefined;
      let why: string;
      try {
        close = await this.#parts.open({ there: () => this.#found(), lost: this.#wake });
        why = await gone;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
      if (!this.#stopped) this.#lost(why);
      await close?.();
      if (!this.#stopped) await this.#pause(Math.min(first * 2 ** this.#tries, most));
      this.#tries += 1;
    }
  }

  async #pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = () => resolve();
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  #found(): void {
    if (this.#stopped || this.#health.state === 'there') return;
    this.#tries = 0;
    this.#health = { ...this.#health, state: 'there', message: null };
    this.#parts.events.found();
  }

  #lost(message: string): void {
    const { state, losses } = this.#health;
    this.#health = { state: 'gone', message, losses: state === 'there' ? losses + 1 : losses };
    if (state !== 'gone') this.#parts.events.lost(message);
  }
}
