import {
  chainRoot,
  LogRecord,
  type RaceEvent,
  RaceReplay,
  RaceRules,
  type RaceRulesInput,
} from '@pitwall/protocol/race';

export const runOf = (number: number): string => `00000000-0000-7000-8000-00000000000${number}`;
export const blueModel = 'a'.repeat(64);

const second = 1_000_000;

/** A log that a test writes event by event; the clock stands until it is told to go on. */
export class TestLog {
  readonly records: LogRecord[] = [];
  /** The controller's clock, µs. */
  now = 1000 * second;
  #crossing = 0;

  /** `version`: by which rules its crossings are read. */
  constructor(rules: Partial<RaceRulesInput> = {}, splits?: string[], version: 1 | 2 = 1) {
    this.add({
      type: 'created',
      ...(version === 1 ? {} : { logVersion: version }),
      setup: {
        name: 'Friday',
        track: { id: 'oval', version: 1 },
        gates: ['line'],
        splits,
        car: 'agent',
        leaderboard: null,
        rules: RaceRules.parse({ name: 'test', start: 'key', timeLimit: 60 * second, ...rules }),
      },
    });
    this.add({
      type: 'opened',
      rules: RaceRules.parse({ name: 'test', start: 'key', timeLimit: 60 * second, ...rules }),
      rulesHash: blueModel,
    });
  }

  /** @returns the record's number. */
  add(event: unknown, who = 'mara'): number {
    const seq = this.records.length + 1;
    this.records.push(
      LogRecord.parse({
        race: 'friday',
        seq,
        at: { bootId: 'boot', at: this.now },
        epoch: 1_700_000_000_000,
        who,
        commandId: null,
        event: event as RaceEvent,
        previous: chainRoot,
        hash: chainRoot,
      }),
    );
    return seq;
  }

  also(event: unknown): this {
    this.add(event);
    return this;
  }

  pass(seconds: number): this {
    this.now += Math.round(seconds * second);
    return this;
  }

  enter(racer: string, alias = racer): this {
    this.add({ type: 'entered', entry: { racer, alias, car: 'blue', models: [{ hash: blueModel, name: 'fast' }] } });
    return this;
  }

  /** A run up to its start by key. */
  start(racer: string, number = 1): this {
    const runId = runOf(number);
    this.add({ type: 'run-called', runId, racer, stage: 'qualifying' });
    this.add({ type: 'run-staged', runId, car: 'blue', model: blueModel });
    this.add({ type: 'run-ready', runId, checks: [], overruled: null });
    this.add({ type: 'run-started', runId, start: 'key' });
    return this;
  }

  /** The line is crossed now and after each of so many seconds. */
  laps(...times: number[]): this {
    this.cross();
    for (const time of times) this.pass(time).cross();
    return this;
  }

  /** Through these gates, each so many seconds after the one before. */
  through(...passes: [string, number][]): this {
    for (const [gate, after] of passes) this.pass(after).cross(gate);
    return this;
  }

  cross(gate = 'line'): number {
    this.#crossing += 1;
    return this.add(
      {
        type: 'crossing',
        crossing: { gate, bootId: 'gate', seq: this.#crossing, at: this.now, uncertainty: 50 },
        controllerAt: this.now,
        controllerBound: 200,
        epoch: 'gate',
        rate: { value: 1, bound: 0 },
      },
      'desk',
    );
  }

  get state() {
    return new RaceReplay(this.records).state;
  }

  get stamp() {
    return { bootId: 'boot', at: this.now } as LogRecord['at'];
  }
}
