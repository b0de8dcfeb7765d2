import type { BootId, CarId, EpochMs, GateId, Micros, RaceId, RacerId, Sha256 } from '../src/brand.js';
import { RaceSetup } from '../src/race/events.js';
import {
  type Circumstances,
  decide,
  goingOf,
  holdAfter,
  isConflict,
  type LogRecord,
  type RaceCommand,
  type RaceEvent,
  RaceReplay,
} from '../src/race/index.js';
import { RaceRules, type RaceRulesInput } from '../src/race/rules.js';
import type { RunState } from '../src/race/state.js';

export const hash = (digit: string): Sha256 => digit.repeat(64) as Sha256;
export const model = hash('a');
export const otherModel = hash('b');
export const car = 'blue' as CarId;
export const otherCar = 'red' as CarId;
export const gate = 'line' as GateId;
/** A race with a simulated car, in the fixture's race. */
export const simulated = { car: 'simulated' as const, gates: ['live-test' as GateId] };
export const anna = 'anna' as RacerId;
export const ben = 'ben' as RacerId;
export const seconds = (count: number): Micros => Math.round(count * 1_000_000) as Micros;
export const runId = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** A race in memory: a clock that goes on when told, a log, and what follows. Records carry no real hashes. */
export class TestRace {
  readonly replay = new RaceReplay();
  now = seconds(100);
  bootId = 'boot-1' as BootId;
  checks: Circumstances['checks'] = [];
  /** The gate's clock: offset to the controller's, its undisturbed run, and its rate. */
  gateOffset = seconds(3);
  epoch = 'gate-1';
  #crossings = 0;
  readonly version: 1 | 2;

  constructor(rules: Partial<RaceRulesInput> = {}, setup: Partial<RaceSetup> = {}, version: 1 | 2 = 2) {
    this.version = version;
    this.write({
      type: 'created',
      ...(this.version === 1 ? {} : { logVersion: this.version }),
      setup: RaceSetup.parse({
        name: 'Test',
        track: { id: 'oval', version: 1 },
        gates: [gate],
        ...setup,
        rules: RaceRules.parse({ name: 'test', start: 'key', timeLimit: seconds(60), graceLap: false, ...rules }),
      }),
    });
  }

  /** Open, with two racers. */
  static open(rules: Partial<RaceRulesInput> = {}, setup: Partial<RaceSetup> = {}, version: 1 | 2 = 2): TestRace {
    const race = new TestRace(rules, setup, version);
    race.give({ type: 'open' });
    for (const racer of [anna, ben]) race.enter(racer);
    return race;
  }

  enter(racer: RacerId): void {
    const models = [
      { hash: model, name: 'fast' },
      { hash: otherModel, name: 'slow' },
    ];
    this.give({ type: 'enter', entry: { racer, alias: racer, car, models } });
  }

  get circumstances(): Circumstances {
    return {
      now: { bootId: this.bootId, at: this.now },
      epoch: Math.floor(this.now / 1000) as EpochMs,
      checks: this.checks,
      rulesHash: hash('c'),
      newRacer: 'r-new' as RacerId,
    };
  }

  write(event: RaceEvent, commandId: string | null = null): number {
    const seq = this.replay.seq + 1;
    const { now, epoch } = this.circumstances;
    const record: LogRecord = {
      race: 'test' as RaceId,
      seq,
      at: now,
      epoch,
      who: commandId === null ? 'desk' : 'mara',
      commandId,
      event,
      previous: hash('0'),
      hash: hash('0'),
    };
    this.replay.append([record]);
    return seq;
  }

  /** @returns the sequence number of the command's last event. */
  give(command: RaceCommand): number {
    this.fallDue();
    const events = decide(this.replay, command, this.circumstances);
    return this.#append(events, true);
  }

  /** As the desk writes something down: a car that it would make go again is held. */
  record(event: RaceEvent): number {
    return this.#append([event], false);
  }

  #append(events: readonly RaceEvent[], asked: boolean): number {
    let { seq } = this.replay;
    const before = goingOf(this.replay);
    for (const event of events) seq = this.write(event, asked ? runId(seq) : null);
    for (const all: RaceEvent[] = [...events]; ; ) {
      const hold = holdAfter(before, this.replay, all, this.circumstances.now);
      if (hold === undefined) return seq;
      this.write(hold);
      all.push(hold);
    }
  }

  /** As a marshal who saw the race at that version. @returns false for a conflict. */
  giveHaving(seen: number, command: RaceCommand): boolean {
    if (isConflict(command.type, this.replay.records.slice(seen))) return false;
    this.give(command);
    return true;
  }

  /** What the desk does when a deadline passes. */
  fallDue(): void {
    const run = this.replay.current;
    if (run?.countdown != null && run.countdown.at <= this.now)
      this.write({ type: 'countdown-ended', runId: run.runId });
    const { deadline } = this.replay.current ?? {};
    if (run !== undefined && deadline != null && deadline.bootId === this.bootId && deadline.at <= this.now)
      this.write({ type: 'time-expired', runId: run.runId, deadline });
  }

  pass(count: number): void {
    this.now = (this.now + seconds(count)) as Micros;
    this.fallDue();
  }

  /** A crossing of that moment, as the gate saw it. */
  crossing(
    at: number = this.now,
    through: GateId = this.replay.setup.gates[0] as GateId,
  ): RaceEvent & { type: 'crossing' } {
    return {
      type: 'crossing',
      crossing: {
        gate: through,
        bootId: 'gate-boot' as BootId,
        seq: this.#crossings++,
        at: (at + this.gateOffset) as Micros,
        uncertainty: 20 as Micros,
      },
      controllerAt: at as Micros,
      controllerBound: 100 as Micros,
      epoch: this.epoch,
      rate: { value: 1, bound: 0 },
    };
  }

  cross(at: number = this.now): number {
    return this.write(this.crossing(at));
  }

  /** Crosses now, and after each of so many seconds. */
  laps(...times: number[]): void {
    this.cross();
    for (const time of times) {
      this.pass(time);
      this.cross();
    }
  }

  /** A run up to the start. */
  start(id = runId(1), racer: RacerId = anna): string {
    this.give({ type: 'call', runId: id, racer });
    this.give({ type: 'stage', runId: id, car, model });
    this.give({ type: 'ready', runId: id });
    this.give({ type: 'start', runId: id });
    return id;
  }

  run(id = runId(1)): RunState {
    const run = this.replay.run(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    return run;
  }

  /** Times of the laps in seconds; null where one has none. */
  times(id = runId(1)): (number | null)[] {
    return this.run(id).laps.map(({ time }) => (time === null ? null : time / 1e6));
  }
}

/** What a marshal could see of a race, without the numbers that every record changes. */
export function sight(replay: RaceReplay) {
  const { seq: _, undone: __, ...state } = replay.state;
  return state;
}
