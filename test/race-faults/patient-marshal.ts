import { type CommandOutcome, LogPage } from '@pitwall/protocol/api';
import type { LogRecord, RaceCommand } from '@pitwall/protocol/race';
import type { z } from 'zod';
import type { TrackDay } from '../race/track-day.js';

type Command = z.input<typeof RaceCommand>;

/** A marshal who gives a command again, under the same id, until there is an answer: whatever happens to the controller. */
export class PatientMarshal {
  readonly race: string;
  /** Of the run that it lets go. */
  runId: string = crypto.randomUUID();
  /** What was acknowledged: it must be in the log for ever. */
  readonly acknowledged: LogRecord[] = [];
  readonly #day: TrackDay;

  constructor(day: TrackDay, race: string) {
    this.#day = day;
    this.race = race;
  }

  /** A race for any car on the gate, with a run that goes. */
  async begin(gate: string, rules: object): Promise<void> {
    await this.open([gate], rules);
    await this.start();
  }

  /** An open race for any car on the gates, with one racer. */
  async open(gates: readonly string[], rules: object, more: object = {}): Promise<void> {
    const setup = {
      name: 'Faults',
      track: { id: 'harbour', version: 1 },
      gates,
      car: 'any',
      leaderboard: 'hall',
      rules: { name: 'Faults', timeLimit: null, start: 'key', ...rules },
      ...more,
    };
    await this.#post('/api/v1/races', { race: this.race, commandId: crypto.randomUUID(), setup });
    await this.give({ type: 'open' });
    const models = [{ hash: 'a'.repeat(64), name: 'fast' }];
    await this.give({ type: 'enter', entry: { racer: 'ada', alias: 'Ada', models } });
  }

  /** From the call to the start of a run. */
  async start(): Promise<void> {
    this.runId = crypto.randomUUID();
    await this.give({ type: 'call', runId: this.runId, racer: 'ada' });
    await this.give({ type: 'stage', runId: this.runId });
    await this.give({ type: 'ready', runId: this.runId, overrule: 'a test' });
    await this.give({ type: 'start', runId: this.runId });
  }

  async give(command: Command): Promise<void> {
    const commandId = crypto.randomUUID();
    for (;;) {
      const seen = (await this.log(0)).seq;
      try {
        await this.#post(`/api/v1/races/${this.race}/commands`, { commandId, seen, command });
        return;
      } catch (error) {
        // Crossings came meanwhile: look again, and give the same command on what there is now.
        if (!(error as Error).message.includes('race-conflict')) throw error;
      }
    }
  }

  /** The whole log, page by page. */
  async log(after: number): Promise<{ records: LogRecord[]; seq: number }> {
    const records: LogRecord[] = [];
    for (;;) {
      const from = after + records.length;
      const path = `/api/v1/races/${this.race}/log?after=${from}&limit=10000`;
      const page = LogPage.parse(await this.#untilAnswered(() => this.#day.get(path)));
      records.push(...page.records);
      if (page.records.length === 0 || after + records.length >= page.seq) return { records, seq: page.seq };
    }
  }

  async #post(path: string, body: object): Promise<void> {
    const outcome = (await this.#untilAnswered(() => this.#day.post(path, body))) as CommandOutcome;
    this.acknowledged.push(...outcome.records);
  }

  async #untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        // fetch's own failure: nobody is there now.
        if (!(error instanceof TypeError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}
