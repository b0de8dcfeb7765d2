/** What a running controller says of itself: `ready` once everything answers, with its addresses. */
export type Say = (
  line: {
    readonly type:
      | 'ready'
      | 'first-administrator'
      | 'trust'
      | 'warning'
      | 'forwarding'
      | 'follows'
      | 'promoted'
      | 'stopped';
    readonly text: string;
  } & Readonly<Record<string, unknown>>,
) => void;

export interface Running {
  readonly url: string;
  /** Of the broker; undefined where the leaderboard runs alone. */
  readonly mqtt: string | undefined;
  /** Ends everything in order; again it changes nothing. */
  stop(): Promise<void>;
  /** Resolves, with why, when a standby of this controller was promoted: it is to end. */
  readonly superseded?: Promise<Error>;
  /** Something nobody foresaw happened: what moves is told to stop, before the process ends. */
  makeSafe?(): Promise<void>;
}

/** What was started, to be stopped the other way round. */
export class Started {
  readonly #stops: (() => Promise<void> | void)[] = [];

  add(stop: () => Promise<void> | void): void {
    this.#stops.push(stop);
  }

  /** Ends everything in order; again it changes nothing. */
  readonly stop = async (): Promise<void> => {
    for (let last = this.#stops.pop(); last !== undefined; last = this.#stops.pop()) await last();
  };
}

/** Runs `start`; where it fails, what it had started is stopped again. */
export async function startOrStop<T>(start: (started: Started) => Promise<T>): Promise<T> {
  const started = new Started();
  try {
    return await start(started);
  } catch (error) {
    await started.stop();
    throw error;
  }
}
