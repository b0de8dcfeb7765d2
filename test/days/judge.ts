import type { CarAction } from '@pitwall/protocol/messages';
import type { RaceCommand, RaceEvent } from '@pitwall/protocol/race';
import { type CarRig, linkPatience } from './car.js';
import type { Controller } from './controller.js';
import type { Statement } from './database.js';
import type { Kernel, Program } from './kernel.js';
import { keyOf, type Passage } from './passage.js';

/** From a cause to stop to the last pulse, and what judging it takes, µs. */
const stopsWithin = 250_000 + 10_000;
/** A car that is told to go does so within this after it was sent, or not at all: two seconds, and what clocks are apart. */
const goesWithin = 2_100_000;
const frameTime = 66_000;

/** A crossing as it was sent, and whether it may be lost: its gate's card was. */
interface Sent {
  readonly program: Program;
  readonly key: string;
  excused: boolean;
}

interface CarWatch {
  /** When it last had a cause to stop that no start followed. */
  cause: number | undefined;
  why: string;
  /** When a person last asked for what lets it go, and when one last heard that it is stopped. */
  goAsked: number;
  stopDone: number;
  /** When the controller last told it to go. */
  told: number;
}

const stops: ReadonlySet<string> = new Set([
  'pause',
  'red-flag',
  'e-stop',
  'technical-stop',
  'did-not-finish',
  'finish',
  'discard',
]);
const goes: ReadonlySet<string> = new Set(['start', 'resume', 'clear-car']);

/** What must hold after each event of the day. The first thing that does not ends it. */
export class Judge {
  /** What was found, in words. */
  finding: string | undefined;
  readonly counts = { crossings: 0, strays: 0, acknowledged: 0, pulses: 0, records: 0, goes: 0 };
  /** By gate, life of its clock and time: what every crossing must be of. */
  readonly passages = new Map<string, Passage>();
  /** Commits that a disk took back which had said they were there. */
  excusesLostCommits = false;
  readonly #kernel: Kernel;
  readonly #controller: () => Controller;
  readonly #sent = new Map<string, Sent>();
  readonly #wiped = new Set<string>();
  readonly #committed = new Set<string>();
  readonly #cars = new Map<string, CarWatch>();
  /** E-stops that reached a car, by car and command. */
  readonly #heard = new Set<string>();
  /** When each car was last sent an e-stop. */
  readonly #eStopped = new Map<string, number>();
  readonly #carOfRun = new Map<string, string>();
  #chain = { seq: 0, hash: '' };

  constructor(kernel: Kernel, controller: () => Controller) {
    this.#kernel = kernel;
    this.#controller = controller;
  }

  fail(what: string): void {
    if (this.finding !== undefined) return;
    this.finding = what;
    this.#kernel.end();
  }

  #demand(holds: boolean, what: () => string): void {
    if (!holds) this.fail(what());
  }

  // ---- what the controller has on disk

  committed(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.sql.startsWith('insert into "race_log"')) for (const row of rowsOf(statement)) this.#record(row);
      if (statement.sql.startsWith('insert into "race_stray_crossings"'))
        for (const row of rowsOf(statement)) {
          this.counts.strays += 1;
          this.#committed.add(keyOf(String(row.gate), String(row.boot_id), Number(row.at)));
        }
    }
  }

  /** After a power cut took commits back: what is there now. */
  reread(): void {
    this.#committed.clear();
    this.#chain = { seq: 0, hash: '' };
    this.excusesLostCommits = true;
    const { database } = this.#controller();
    for (const row of database.read<Record<string, unknown>>('select * from race_log order by seq')) {
      const event = JSON.parse(String(row.event)) as RaceEvent;
      if (event.type === 'crossing')
        this.#committed.add(keyOf(event.crossing.gate, event.crossing.bootId, event.crossing.at));
      this.#chain = { seq: Number(row.seq), hash: String(row.hash) };
    }
    for (const row of database.read<Record<string, unknown>>('select gate, boot_id, at from race_stray_crossings'))
      this.#committed.add(keyOf(String(row.gate), String(row.boot_id), Number(row.at)));
  }

  #record(row: Record<string, unknown>): void {
    const { seq, hash } = this.#chain;
    this.counts.records += 1;
    this.#demand(Number(row.seq) === seq + 1, () => `the log goes on with record ${row.seq} after ${seq}`);
    if (seq > 0)
      this.#demand(row.previous === hash, () => `record ${row.seq} does not follow from the hash of the one before`);
    this.#chain = { seq: Number(row.seq), hash: String(row.hash) };
    const event = JSON.parse(String(row.event)) as RaceEvent;
    if (event.type === 'run-staged' && event.car !== null) this.#carOfRun.set(event.runId, event.car);
    if (event.type === 'technical-stop' && event.car !== null) this.#carOfRun.set(event.runId, event.car);
    if (event.type === 'countdown-ended') this.#watch(this.#carOfRun.get(event.runId)).goAsked = this.#kernel.now;
    if (event.type === 'crossing') this.#crossing(event, String(row.boot_id));
  }

  #crossing({ crossing, controllerAt, controllerBound }: Extract<RaceEvent, { type: 'crossing' }>, life: string): void {
    const { gate, bootId, at } = crossing;
    const key = keyOf(gate, bootId, at);
    this.counts.crossings += 1;
    this.#demand(!this.#committed.has(key), () => `the crossing ${key} is in the log twice`);
    this.#committed.add(key);
    if (gate === 'manual') return;
    const passage = this.passages.get(key);
    this.#demand(passage !== undefined, () => `the crossing ${key} is in the log, and no car passed`);
    const { machine } = this.#controller().program;
    if (passage === undefined || controllerBound === Number.MAX_SAFE_INTEGER) return;
    const truth = machine.at(passage.at, life);
    const off = Math.abs(controllerAt - truth);
    this.#demand(
      truth < 0 || off <= controllerBound + 3,
      () => `the crossing ${key} is stamped ${off} µs from the truth, within ${controllerBound} µs by its own word`,
    );
  }

  // ---- what goes over the network

  published(by: Program, topic: string, payload: string): void {
    if (topic.endsWith('/crossing')) {
      const { gate, journal, bootId, seq, at } = JSON.parse(payload);
      const name = `${gate}/${journal}/${bootId}/${seq}`;
      const key = keyOf(gate, bootId, at);
      const excused = this.#wiped.has(`${by.name} ${journal}`);
      if (this.#sent.get(name)?.key !== key) this.#sent.set(name, { program: by, key, excused });
    } else if (topic.endsWith('/ack')) {
      const gate = topic.split('/')[3];
      const { journal, bootId, seqs } = JSON.parse(payload);
      for (const seq of seqs) this.#acknowledged(`${gate}/${journal}/${bootId}/${seq}`);
    } else if (topic.endsWith('/command')) {
      const { action } = JSON.parse(payload) as { action: CarAction };
      const car = topic.split('/')[3] as string;
      if (action.type === 'start' || action.type === 'resume') this.#toldToGo(car);
      if (action.type === 'e-stop') this.#eStopped.set(car, this.#kernel.now);
    }
  }

  wasEStopped(car: string, since: number): boolean {
    return (this.#eStopped.get(car) ?? -1) >= since;
  }

  delivered(to: CarRig, topic: string, payload: string): void {
    if (!topic.endsWith('/command') || to.unit === undefined) return;
    const { commandId, action } = JSON.parse(payload) as { commandId: string; action: CarAction };
    if (action.type !== 'e-stop') return;
    // The network may bring a message twice, the second time after somebody has cleared the car: that is no second press.
    const name = `${to.car} ${commandId}`;
    if (!this.#heard.has(name)) this.causeToStop(to.car, 'an e-stop reached it');
    this.#heard.add(name);
  }

  #acknowledged(name: string): void {
    this.counts.acknowledged += 1;
    const sent = this.#sent.get(name);
    this.#demand(
      sent !== undefined && this.#committed.has(sent.key),
      () => `the crossing ${sent?.key ?? name} is acknowledged, and not on disk`,
    );
  }

  /** Of a gate whose card is lost, full or lies, what only it had may be lost with it. */
  excuse(program: Program): void {
    for (const sent of this.#sent.values()) if (sent.program === program) sent.excused = true;
  }

  /** A gate's folder was deleted with its journal: what its computer had yet to send may arrive, and nobody sends it again. */
  wiped(program: Program, journal: string): void {
    this.#wiped.add(`${program.name} ${journal}`);
    this.excuse(program);
  }

  /** At the end of the day, with every gate there and heard. */
  keptAll(): void {
    for (const [name, { key, excused }] of this.#sent)
      this.#demand(
        this.#committed.has(key) || excused || this.excusesLostCommits,
        () => `the crossing ${name} at ${key} was kept and sent by its gate, and is not in the controller`,
      );
  }

  // ---- what moves cars

  #watch(car: string | undefined): CarWatch {
    const name = car ?? '';
    let watch = this.#cars.get(name);
    if (watch === undefined) {
      watch = { cause: undefined, why: '', goAsked: -1, stopDone: -1, told: -1 };
      this.#cars.set(name, watch);
    }
    return watch;
  }

  asked(command: RaceCommand | { type: 'stop-all' }): void {
    if (goes.has(command.type)) this.#watch(this.#carOf(command)).goAsked = this.#kernel.now;
  }

  done(command: RaceCommand | { type: 'stop-all' }, _askedAt: number): void {
    if (command.type === 'stop-all') for (const watch of this.#cars.values()) watch.stopDone = this.#kernel.now;
    if (stops.has(command.type)) this.#watch(this.#carOf(command)).stopDone = this.#kernel.now;
  }

  #carOf(command: RaceCommand | { type: 'stop-all' }): string | undefined {
    if ('car' in command && command.car !== undefined) return command.car;
    return 'runId' in command ? this.#carOfRun.get(command.runId) : undefined;
  }

  #toldToGo(car: string): void {
    const watch = this.#watch(car);
    const { now } = this.#kernel;
    this.counts.goes += 1;
    watch.told = now;
    this.#demand(
      watch.goAsked > watch.stopDone,
      () =>
        `car ${car} is told to go, and nobody let it: asked for ${seconds(watch.goAsked)}, stopped ${seconds(watch.stopDone)}`,
    );
  }

  performs({ car }: CarRig, action: CarAction): void {
    const watch = this.#watch(car);
    if (action.type === 'stop') this.causeToStop(car, 'a stop reached it');
    if (action.type !== 'start' && action.type !== 'resume') return;
    this.#demand(watch.told >= 0, () => `car ${car} goes, and nobody told it to`);
    const late = this.#kernel.now - watch.told;
    this.#demand(late <= goesWithin, () => `car ${car} goes ${late} µs after it was told`);
  }

  moves({ car }: CarRig, phase: string): void {
    if (phase === 'driving' || phase === 'starting') this.#watch(car).cause = undefined;
  }

  causeToStop(car: string, why: string): void {
    const watch = this.#watch(car);
    if (watch.cause !== undefined) return;
    watch.cause = this.#kernel.now;
    watch.why = why;
  }

  pulse(rig: CarRig): void {
    this.counts.pulses += 1;
    const { now } = this.#kernel;
    const { cause, why } = this.#watch(rig.car);
    const late = (since: number, what: string) =>
      this.#demand(
        now - since <= stopsWithin,
        () => `the motor of ${rig.car} turns ${Math.round((now - since) / 1000)} ms after ${what}`,
      );
    if (cause !== undefined) late(cause, why);
    late(rig.frameAt + frameTime, 'its camera sent nothing any more');
    late(rig.heardAt + linkPatience, 'its link was lost');
  }
}

/** Of an insert of Kysely's, each row by its columns. */
function rowsOf({ sql, parameters }: Statement): Record<string, unknown>[] {
  const columns = [...(/\(([^)]*)\)/.exec(sql)?.[1] ?? '').matchAll(/"(\w+)"/g)].map(([, name]) => name as string);
  const rows: Record<string, unknown>[] = [];
  for (let from = 0; from < parameters.length; from += columns.length)
    rows.push(Object.fromEntries(columns.map((column, index) => [column, parameters[from + index]])));
  return rows;
}

const seconds = (at: number): string => (at < 0 ? 'never' : `at ${(at / 1e6).toFixed(3)} s`);
