import { type BackOff, backOffMs } from './back-off.js';

/** How something that may come and go is doing. */
export interface Health {
  /** `starting`: it was not there yet since the start. */
  readonly state: 'starting' | 'there' | 'gone';
  /** Why it is not there, and what to do; null while it is there. */
  readonly message: string | null;
  /** How often it was lost since the start. */
  readonly losses: number;
}

/** Each change is told once, whatever is tried in between. */
export interface HealthEvents {
  /** It is gone (or not there at the start), and is tried again until it comes. */
  readonly lost: (message: string) => void;
  /** It is there again, or for the first time. */
  readonly found: () => void;
}

/** Called when it works (its first sample came), and when it does so no more. */
export interface OpenSignal {
  readonly there: () => void;
  readonly lost: (why: string) => void;
}

export interface SupervisorParts {
  /** Opens it; rejects when it is not there. Gives what closes it, which is called in any case. */
  readonly open: (signal: OpenSignal) => Promise<() => void | Promise<void>>;
  readonly events?: HealthEvents;
  /** Waits between tries. */
  readonly backOff?: BackOff;
}

/** Keeps a device or a process going: opens it, hears that it is lost, and tries again until it is told to stop. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  #health: Health = { state: 'starting', message: null, losses: 0 };
  #running: Promise<void> | undefined;
  #stopped = false;
  #tries = 0;
  /** Ends what is being waited for. */
  #wake: (why: string) => void = () => {};

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  get health(): Health {
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
    const { backOff = { firstMs: 250, mostMs: 4000 } } = this.#parts;
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
      this.#tries += 1;
      if (!this.#stopped) await this.#pause(backOffMs(this.#tries, backOff));
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
    this.#parts.events?.found();
  }

  #lost(message: string): void {
    const { state, losses } = this.#health;
    this.#health = { state: 'gone', message, losses: state === 'there' ? losses + 1 : losses };
    if (state !== 'gone') this.#parts.events?.lost(message);
  }
}
