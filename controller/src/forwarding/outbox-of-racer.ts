import { type EpochMs, RacerId } from '@pitwall/protocol';
import type { Outbox } from './outbox.js';

interface Options {
  /** This controller's name as a source of results. */
  readonly source: string;
  /** A result's text under a neutral name. */
  readonly neutralBody: (body: string, racer: string) => string;
  readonly now: () => number;
}

/** What was sent, or waits to be sent, of a racer: to be taken away, here and at the leaderboards that have it. */
export class OutboxOfRacer {
  readonly name = 'deliveries';
  readonly #outbox: Pick<Outbox, 'erase' | 'destinationsOf'>;
  readonly #options: Options;

  constructor(outbox: Pick<Outbox, 'erase' | 'destinationsOf'>, options: Options) {
    this.#outbox = outbox;
    this.#options = options;
  }

  /** Where results went. */
  async kept(racer: string): Promise<{ destination: string; leaderboard: string; result: string }[]> {
    return await this.#outbox.destinationsOf(racer);
  }

  async erase(racer: string): Promise<void> {
    const { source, neutralBody, now } = this.#options;
    await this.#outbox.erase({ racer: RacerId.parse(racer), source, at: now() as EpochMs }, neutralBody);
  }
}
