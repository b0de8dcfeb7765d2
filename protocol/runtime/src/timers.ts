/** Timers of whatever makes them. */
export interface Timers {
  /** @returns what {@link clear} takes */
  set(action: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

/** This process's own. */
export const systemTimers: Timers = {
  set: (action, ms) => setTimeout(action, ms),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
