import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootId, CarId, EpochMs, GateId, Micros, RaceId, Sha256 } from '@pitwall/protocol';
import { CreateRace, type CreateRaceInput, type ResultInput } from '@pitwall/protocol/api';
import type { Armable } from '@pitwall/protocol/messages';
import {
  type LogRecord,
  type RaceCommand,
  type RaceEvent,
  type RaceEventType,
  RaceRules,
  type RaceRulesInput,
  type RaceState,
} from '@pitwall/protocol/race';
import { v7 as uuidv7 } from 'uuid';
import {
  type CarAnswer,
  type CarCheck,
  type CarOrder,
  type DeskOptions,
  RaceDesk,
  raceMigrations,
} from '../src/race/index.js';
import { openStore, type Store } from '../src/store/index.js';

export const race = 'friday' as RaceId;
export const gate = 'line' as GateId;
export const car = 'blue' as CarId;
export const model = 'a'.repeat(64) as Sha256;
export const seconds = (count: number): Micros => Math.round(count * 1_000_000) as Micros;

/** A clock that stands until it is told to go on, with the timers that follow it. */
export class Time {
  bootId = 'boot-1' as BootId;
  at = seconds(1000);
  wall = 1_700_000_000_000;
  readonly #timers = new Map<number, { due: number; action: () => void }>();
  #next = 1;

  readonly now = (): Micros => this.at;

  readonly epoch = (): EpochMs => Math.floor(this.wall) as EpochMs;

  readonly timers = {
    set: (action: () => void, ms: number): number => {
      const id = this.#next++;
      this.#timers.set(id, { due: this.at + ms * 1000, action });
      return id;
    },
    clear: (id: unknown): void => {
      this.#timers.delete(id as number);
    },
  };

  get clock() {
    const time = this;
    return {
      get bootId() {
        return time.bootId;
      },
      now: this.now,
    };
  }

  /** Goes on; timers fire where they are due. */
  pass(micros: number): void {
    const until = this.at + micros;
    for (;;) {
      const next = [...this.#timers].filter(([, { due }]) => due <= until).sort(([, a], [, b]) => a.due - b.due)[0];
      if (next === undefined) break;
      const [id, { due, action }] = next;
      this.wall += Math.max(0, due - this.at) / 1000;
      this.at = Math.max(this.at, due) as Micros;
      this.#timers.delete(id);
      action();
    }
    this.wall += (until - this.at) / 1000;
    this.at = until as Micros;
  }

  /** The host came up anew. */
  reboot(): void {
    this.bootId = `boot-${Number(this.bootId.slice(5)) + 1}` as BootId;
    this.at = seconds(5);
    this.#timers.clear();
  }

  forgetTimers(): void {
    this.#timers.clear();
  }
}

/** A car that is online with its model and does what it is told. */
export class TestCars {
  readonly orders: string[] = [];
  /** Of each order to start, for how long the car is to warn before it moves, in µs. */
  readonly warnings: (number | undefined)[] = [];
  online = true;
  model: Sha256 | null = model;
  answer: CarAnswer = { outcome: 'done', safety: 'driving', message: null };

  async order(to: CarId, order: CarOrder, _who: string, warn?: Micros): Promise<CarAnswer> {
    this.orders.push(`${order} ${to}`);
    if (order === 'start') this.warnings.push(warn);
    return this.answer;
  }

  async testEStop(to: CarId): Promise<CarAnswer> {
    this.orders.push(`e-stop ${to}`);
    if (this.answer.outcome === 'done') this.orders.push(`clear ${to}`);
    return this.answer;
  }

  async setRunSpeed(to: CarId, percent: number): Promise<CarAnswer> {
    this.orders.push(`speed ${percent} ${to}`);
    return this.answer;
  }

  /** What it says to whether it could be armed now. */
  armable: Armable | undefined = { ok: true, missing: [], warnings: [] };

  async check(): Promise<CarCheck> {
    return { ...this.answer, armable: this.armable };
  }

  about() {
    return { online: this.online, model: this.model === null ? null : { hash: this.model, name: 'fast' } };
  }
}

export const rules = (input: Partial<RaceRulesInput> = {}): RaceRules =>
  RaceRules.parse({ name: 'test', start: 'key', timeLimit: seconds(60), graceLap: false, ...input });

export const setup = (
  input: Partial<CreateRaceInput['setup']> & { rules?: RaceRulesInput } = {},
): CreateRace['setup'] =>
  CreateRace.shape.setup.parse({
    name: 'Friday night',
    track: { id: 'oval', version: 1 },
    gates: [gate],
    leaderboard: 'main',
    ...input,
    rules: rules(input.rules ?? {}),
  });

export class DeskWorld {
  readonly time = new Time();
  readonly cars = new TestCars();
  readonly results: ResultInput[] = [];
  readonly file: string;
  store!: Store;
  desk!: RaceDesk;
  gateOk = true;
  gateBoot = 'gate-boot' as BootId;
  /** The gate's clock minus the controller's, µs. */
  gateOffset = 5_000_000;
  #seq = 0;
  readonly #over: Partial<DeskOptions>;

  constructor(over: Partial<DeskOptions> = {}, file?: string) {
    this.file = file ?? join(mkdtempSync(join(tmpdir(), 'pitwall-desk-')), 'pitwall.db');
    this.#over = over;
  }

  async start(): Promise<this> {
    this.store = await openStore(this.file, [raceMigrations]);
    this.desk = new RaceDesk({
      store: this.store,
      clock: this.time.clock,
      epoch: this.time.epoch,
      timers: this.time.timers,
      cars: this.cars,
      gates: { health: (id) => ({ ok: this.gateOk, detail: `gate ${id} is ${this.gateOk ? 'healthy' : 'gone'}` }) },
      outbox: {
        enqueue: async (_transaction, _leaderboard, result) => {
          this.results.push(result);
        },
      },
      source: 'test-track',
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      ...this.#over,
    });
    await this.desk.start();
    return this;
  }

  async stop(): Promise<void> {
    await this.desk.stop();
    await this.store.close();
  }

  /** As after a crash: nothing is said to the old desk. */
  async restart(): Promise<void> {
    this.time.forgetTimers();
    await this.stop();
    await this.start();
  }

  state(): Promise<RaceState> {
    return this.desk.state(race);
  }

  /** Gives a command as somebody who has seen everything. */
  async give(command: RaceCommand, who = 'mara'): Promise<number> {
    const { seq } = await this.state();
    const outcome = await this.desk.command(race, { commandId: uuidv7(), seen: seq, command }, who);
    return outcome.records.at(-1)?.seq ?? outcome.seq;
  }

  /** The car crosses the line now (or at another moment); a gate sees it. */
  async cross(at: Micros = this.time.at, through: GateId = gate): Promise<void> {
    await this.desk.crossings.record(this.crossing(at, through));
  }

  crossing(at: Micros = this.time.at, through: GateId = gate) {
    return {
      crossing: {
        gate: through,
        bootId: this.gateBoot,
        seq: this.#seq++,
        at: (at + this.gateOffset) as Micros,
        uncertainty: 50 as Micros,
      },
      controllerAt: at,
      controllerBound: 200 as Micros,
      epoch: this.gateBoot,
      rate: { value: 1, bound: 0 },
    };
  }

  async openRace(input: Parameters<typeof setup>[0] = {}): Promise<void> {
    await this.desk.create({ race, commandId: uuidv7(), setup: setup(input) }, 'mara');
    await this.give({ type: 'open' });
    await this.enter('anna');
    await this.give({ type: 'test-e-stop', car });
  }

  async enter(racer: string): Promise<void> {
    const entry = { racer, alias: racer, car, models: [{ hash: model, name: 'fast' }] };
    await this.give({ type: 'enter', entry } as never);
  }

  /** A run of a racer up to the start, running where the rules start by key. */
  async startRun(racer = 'anna'): Promise<string> {
    const runId = uuidv7();
    await this.give({ type: 'call', runId, racer } as never);
    await this.give({ type: 'stage', runId });
    await this.give({ type: 'ready', runId });
    await this.give({ type: 'start', runId });
    return runId;
  }

  /** Crosses the line now and after each of so many seconds. */
  async laps(...times: number[]): Promise<void> {
    await this.cross();
    for (const time of times) {
      this.time.pass(seconds(time));
      await this.cross();
    }
  }

  /** Resolves when an event of that type is on disk, or was before. */
  heard(type: RaceEventType, is: (event: RaceEvent) => boolean = () => true): Promise<LogRecord> {
    return new Promise((resolve, reject) => {
      this.desk
        .follow(race, 0, ({ records }) => {
          const record = records.findLast(({ event }) => event.type === type && is(event));
          if (record !== undefined) resolve(record);
        })
        .catch(reject);
    });
  }

  async run(runId: string) {
    const run = (await this.state()).runs.find((one) => one.runId === runId);
    if (run === undefined) throw new Error(`no run ${runId}`);
    return run;
  }
}
