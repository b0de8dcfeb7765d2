/** How an agent ends: each part once, in the order in which they were given, whatever asks for it and how often. */
export class Shutdown {
  #steps: readonly (() => unknown)[] = [];
  #ending: Promise<void> | undefined;

  /** The parts to stop, the first one first. */
  order(steps: readonly (() => unknown)[]): void {
    this.#steps = steps;
  }

  end(): Promise<void> {
    this.#ending ??= this.#run();
    return this.#ending;
  }

  /** Ends the process, too. */
  readonly exit = (code: number): void => {
    void this.end().finally(() => process.exit(code));
  };

  /** With unknown state nothing goes on: whoever supervises the agent starts it anew. */
  readonly fatal = (message: string): void => {
    console.error(`internal-error: ${message}; the car is stopped and the agent ends.`);
    this.exit(1);
  };

  /** From now on signals and errors that nobody caught end the agent. */
  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.exit(0));
    process.on('uncaughtException', (error) => this.fatal(error.stack ?? error.message));
    process.on('unhandledRejection', (error) =>
      this.fatal(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  }

  async #run(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}
