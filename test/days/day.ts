import { createHash } from 'node:crypto';
import type { TrackSide } from '@pitwall/controller/track-side';
import type { CarId, GateId } from '@pitwall/protocol';
import { type LogRecord, mayGo, reduce } from '@pitwall/protocol/race';
import { CarRig } from './car.js';
import { boardMigrations, Controller, controllerMigrations, FarBoard } from './controller.js';
import { Database } from './database.js';
import { whatIsWrong } from './end-of-day.js';
import { FileDisk } from './file-disk.js';
import { GateRig } from './gate.js';
import { Happenings } from './happenings.js';
import { Judge } from './judge.js';
import { type Kernel, Machine, Program } from './kernel.js';
import { Network } from './network.js';
import { keyOf, type Passage } from './passage.js';
import { carIds, gates, Marshal, race } from './people.js';
import type { Plan } from './plan.js';
import { Reference } from './reference.js';

const second = 1_000_000;
/** How long a day is given to come to rest, after its racing; a forwarder waits up to 300 s between two tries. */
const restsWithin = 600 * second;

export interface Outcome {
  /** What did not hold, in words; undefined: all held. */
  readonly finding: string | undefined;
  /** When it was found, or the day ended, µs. */
  readonly at: number;
  /** Of all that is on disk at the end. */
  readonly digest: string;
  readonly lines: readonly string[];
  readonly events: number;
  readonly counts: Readonly<Record<string, number>>;
}

type Template = (kernel: Kernel) => Database;

/** The empty databases that each day begins with. */
export interface Templates {
  readonly controller: Template;
  readonly board: Template;
}

export const templates = async (): Promise<Templates> => ({
  controller: await Database.template(controllerMigrations),
  board: await Database.template(boardMigrations),
});

/** One day at a track, from its plan: what is there, what happens, what must hold. */
export class Day {
  readonly #plan: Plan;
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #controller: Controller;
  readonly #far: FarBoard;
  readonly #judge: Judge;
  readonly #cars: readonly CarRig[];
  /** The gate that stands at each place of the line, and whoever stands beside it. */
  readonly #gates: GateRig[] = [];
  readonly #clones: GateRig[] = [];
  readonly #marshals: readonly Marshal[];
  readonly #passages: Passage[] = [];
  readonly #lines: string[] = [];
  readonly #happenings: Happenings;
  #machines = 0;
  /** Until when what was done to the network or a computer may still show. */
  #troubledUntil = 0;
  #isResting = false;

  /** Make the kernel the host's first. */
  constructor(plan: Plan, kernel: Kernel, { controller, board }: Templates) {
    this.#plan = plan;
    this.#kernel = kernel;
    this.#network = new Network(kernel, new Program('broker', this.#machine('broker')));
    this.#far = new FarBoard(kernel, this.#machine('league'), board(kernel));
    const machine = this.#machine('controller');
    this.#controller = new Controller(kernel, this.#network, machine, controller(kernel), this.#far);
    this.#judge = new Judge(kernel, () => this.#controller);
    const judge = this.#judge;
    this.#cars = carIds.map(
      (car) =>
        new CarRig(kernel, this.#network, {
          car: car as CarId,
          machine: this.#machine(car),
          events: {
            pulse: (rig) => judge.pulse(rig),
            performs: (rig, action) => judge.performs(rig, action),
            moves: (rig, phase, before) => {
              this.#say(`car ${car}: ${before} → ${phase}`);
              judge.moves(rig, phase);
            },
            crosses: (rig) => this.#passes(rig),
          },
        }),
    );
    for (const gate of gates) this.#gates.push(this.#newGate(gate as GateId));
    const events = {
      asked: (command: Parameters<Judge['asked']>[0]) => {
        judge.asked(command);
        if (['start', 'resume', 'clear-car'].includes(command.type)) this.#happenings.lets();
      },
      done: (command: Parameters<Judge['done']>[0], askedAt: number) => {
        this.#say(`done: ${command.type}`);
        judge.done(command, askedAt);
      },
      says: (line: string) => this.#say(line),
    };
    const tablet = this.#machine('tablet');
    const parts = { kernel, network: this.#network, controller: this.#controller, machine: tablet, plan, events };
    this.#marshals = (['mara', 'ben'] as const).slice(0, plan.marshals).map((name) => new Marshal(name, parts));
    this.#happenings = new Happenings({
      kernel,
      judge,
      network: this.#network,
      controller: this.#controller,
      far: this.#far,
      cars: this.#cars,
      gates: this.#gates,
      clones: this.#clones,
      marshals: this.#marshals,
      newGate: (gate) => this.#newGate(gate),
      newMachine: (name) => this.#machine(name),
      say: (line) => this.#say(line),
      troubled: (lasts) => {
        this.#troubledUntil = Math.max(this.#troubledUntil, kernel.now + lasts);
      },
    });
    this.#listen();
  }

  #listen(): void {
    const judge = this.#judge;
    this.#network.published = (by, topic, payload) => {
      judge.published(by, topic, payload);
      const rig = this.#cars.find(({ agent }) => agent === by);
      if (rig !== undefined && topic.endsWith('/presence') && payload.includes('"status":"online"')) this.#isBack(rig);
    };
    this.#network.delivered = (to, topic, payload) => {
      const rig = this.#cars.find(({ agent }) => agent === to);
      if (rig !== undefined) judge.delivered(rig, topic, payload);
    };
    this.#network.heard = (by) => {
      const rig = this.#cars.find(({ agent }) => agent === by);
      if (rig !== undefined) rig.heardAt = this.#kernel.now;
    };
    this.#controller.database.committed = (statements) => judge.committed(statements);
    this.#kernel.failed = (error, program) => {
      const text =
        error instanceof Error
          ? `${error.message} ${(error.stack ?? '').split('\n').slice(1, 4).join(' ')}`
          : String(error);
      judge.fail(`an exception of ${program?.name ?? 'the day'} that nobody caught: ${text}`);
    };
  }

  async run(): Promise<Outcome> {
    const kernel = this.#kernel;
    this.#far.start();
    this.#controller.start();
    for (const gate of this.#gates) gate.start();
    for (const car of this.#cars) car.start();
    for (const marshal of this.#marshals) marshal.start();
    for (const happening of this.#plan.happenings)
      kernel.at(happening.at, undefined, () => {
        if (!this.#isResting) this.#happenings.happens(happening);
      });
    this.#watchEStops();
    await kernel.run(this.#plan.length);
    if (!kernel.isEnded) await this.#rest();
    return this.#outcome();
  }

  /** Everything works again; the day ends when nothing waits any more. */
  async #rest(): Promise<void> {
    const kernel = this.#kernel;
    this.#isResting = true;
    this.#say('everything is mended');
    this.#happenings.mend();
    for (const marshal of this.#marshals) marshal.closesAt(kernel.now + 20 * second);
    const until = kernel.now + restsWithin;
    let waits = 'it has not begun';
    while (kernel.now < until && !kernel.isEnded && waits !== '') {
      await kernel.run(kernel.now + 5 * second);
      waits = this.#waits();
    }
    if (kernel.isEnded) return;
    if (waits !== '') this.#judge.fail(`the day does not come to rest: ${waits}`);
    else await this.#judgeAll();
  }

  #waits(): string {
    const { database } = this.#controller;
    const gate = this.#gates.find(({ waiting }) => waiting !== 0);
    if (gate !== undefined) return `gate ${gate.gate} keeps ${gate.waiting ?? 'what nobody knows of'}`;
    const [row] = database.read<{ count: number }>(
      "select count(*) as count from forwarding_deliveries where state <> 'sent'",
    );
    if (Number(row?.count) > 0) return `${row?.count} results are not delivered`;
    const records = this.#records();
    const state = records.length === 0 ? undefined : reduce(records);
    return state?.current == null ? '' : 'a run is not over';
  }

  #records(): LogRecord[] {
    const rows = this.#controller.database.read<Record<string, unknown>>(
      'select * from race_log where race = ? order by seq',
      race,
    );
    return rows.map(
      ({ seq, boot_id, at, epoch, who, command_id, event, previous, hash }) =>
        ({
          ...{ race, seq, epoch, who, previous, hash },
          at: { bootId: boot_id, at },
          commandId: command_id,
          event: JSON.parse(String(event)),
        }) as LogRecord,
    );
  }

  /** What can only be said when nothing is under way. */
  async #judgeAll(): Promise<void> {
    const judge = this.#judge;
    judge.keptAll();
    const records = this.#records();
    if (records.length === 0) return;
    const { machine } = this.#controller.program;
    const reference = new Reference(judge.passages, this.#passages, machine);
    const boards = { 'its own board': this.#controller.database, 'the league': this.#far.database };
    const wrong = whatIsWrong(records, reference, boards, judge.excusesLostCommits);
    this.#counted = reference.counts;
    if (wrong !== undefined) judge.fail(wrong);
  }

  #counted = { laps: 0, plainRuns: 0 };
  /** Since when a car has driven that no run lets go, µs. */
  readonly #drivesSince = new Map<CarRig, number>();
  /** Since when the controller has been up, µs. */
  #controllerUp = 0;

  /** Where nothing disturbs, a car whose e-stop nobody cleared is stopped for good. */
  #watchEStops(): void {
    const kernel = this.#kernel;
    const look = () => {
      const { side } = this.#controller;
      if (side === undefined) this.#controllerUp = kernel.now;
      else {
        this.#judgeTimeUp(side);
        this.#judgeDriving(side);
      }
      if (side !== undefined && kernel.now > this.#troubledUntil + 20 * second)
        for (const car of this.#cars) {
          const eStop = side.eStops.of(car.car);
          const since = eStop === null ? 0 : this.#controller.program.machine.wall - eStop.since;
          if (eStop !== null && since > 20_000 && car.unit !== undefined && car.phase !== 'faulted')
            this.#judge.fail(`car ${car.car} is ${car.phase}, and its e-stop is in force`);
        }
      kernel.after(2 * second, undefined, look);
    };
    kernel.after(2 * second, undefined, look);
  }

  /** Whose time is up is stopped, whatever its controller's disk does. */
  #judgeTimeUp({ desk }: TrackSide): void {
    const kernel = this.#kernel;
    const { machine } = this.#controller.program;
    const unwatch = desk.watch((_race, { current, setup }) => {
      if (current?.deadline?.bootId !== machine.bootId || setup.rules.graceLap) return;
      const since = machine.monotonic() - current.deadline.at;
      const rig = this.#cars.find(({ car }) => car === current.car);
      const isReached =
        rig !== undefined && this.#network.isCalm(8 * second) && kernel.now > this.#controllerUp + 8 * second;
      if (isReached && since > 5 * second && rig.phase === 'driving')
        this.#judge.fail(`car ${rig.car} drives ${Math.round(since / second)} s after its time is up`);
    });
    unwatch();
  }

  /** A car that no run lets go stands, a while after the controller has had the time to say so. */
  #judgeDriving({ desk }: TrackSide): void {
    const kernel = this.#kernel;
    const isReached = this.#network.isCalm(8 * second) && kernel.now > this.#controllerUp + 8 * second;
    let goes: string | undefined;
    const unwatch = desk.watch((_race, { current }) => {
      if (current !== undefined && mayGo(current)) goes = current.car ?? undefined;
    });
    unwatch();
    for (const rig of this.#cars) {
      if (rig.phase !== 'driving' || rig.car === goes || !isReached) this.#drivesSince.delete(rig);
      else if (!this.#drivesSince.has(rig)) this.#drivesSince.set(rig, kernel.now);
      else if (kernel.now - (this.#drivesSince.get(rig) ?? 0) > 5 * second)
        this.#judge.fail(`car ${rig.car} drives, and no run lets it`);
    }
  }

  /** A car is heard in a new session: where its e-stop is in force, it is told that again. */
  #isBack(rig: CarRig): void {
    const kernel = this.#kernel;
    const since = kernel.now;
    const [agentLife, controllerLife] = [rig.agent.life, this.#controller.program.life];
    // Whoever looks for a broker that is back does so with back-off.
    const isHere = this.#network.isConnected(this.#controller.program);
    kernel.after(3 * second, undefined, () => {
      const { side, program } = this.#controller;
      const isCalm = kernel.now > this.#troubledUntil + 4 * second || this.#network.isCalm(3 * second + 100_000);
      if (side === undefined || !isCalm || !isHere || rig.agent.life !== agentLife || program.life !== controllerLife)
        return;
      const eStop = side.eStops.of(rig.car);
      const pressed = eStop === null ? 0 : kernel.now - (program.machine.wall - eStop.since) * 1000;
      if (eStop === null || pressed > since - 10_000 || this.#controllerUp > since - second) return;
      if (!this.#judge.wasEStopped(rig.car, since))
        this.#judge.fail(`car ${rig.car} is back, its e-stop is in force, and it is not told of it`);
    });
  }

  #passes(rig: CarRig): void {
    const kernel = this.#kernel;
    const passage: Passage = { number: this.#passages.length + 1, car: rig.car, at: kernel.now };
    this.#passages.push(passage);
    const seenBy: string[] = [];
    for (const gate of [...this.#gates, ...this.#clones]) {
      const { machine } = gate.program;
      if (!gate.passes()) continue;
      this.#judge.passages.set(keyOf(gate.gate, machine.bootId, machine.at(kernel.now)), passage);
      seenBy.push(gate.gate);
    }
    this.#say(`passage ${passage.number} of ${rig.car}, seen by ${seenBy.join(' and ') || 'no gate'}`);
    if (kernel.chance(this.#plan.handShare))
      kernel.after(kernel.random.between(20_000, 120_000), undefined, () => this.#marshals[0]?.press());
  }

  #newGate(gate: GateId): GateRig {
    const parts = { gate, machine: this.#machine(gate), disk: new FileDisk(this.#kernel) };
    return new GateRig(this.#kernel, this.#network, parts);
  }

  #machine(name: string): Machine {
    return new Machine(this.#kernel, `${name}-${this.#machines++}`);
  }

  #say(line: string): void {
    this.#lines.push(`${(this.#kernel.now / second).toFixed(3).padStart(10)}  ${line}`);
  }

  #outcome(): Outcome {
    const { finding, counts } = this.#judge;
    const { database } = this.#controller;
    const digest = createHash('sha256');
    for (const { hash } of this.#records()) digest.update(hash);
    for (const board of [database, this.#far.database])
      for (const row of board.read(
        'select result_id, revision, state, body from leaderboard_results order by result_id',
      ))
        digest.update(JSON.stringify(row));
    digest.update(JSON.stringify(counts));
    const outcome: Outcome = {
      finding,
      at: this.#kernel.now,
      digest: digest.digest('hex').slice(0, 16),
      lines: this.#lines,
      events: this.#kernel.events,
      counts: {
        ...counts,
        ...this.#counted,
        passages: this.#passages.length,
        commits: database.commits,
        messages: this.#network.counts.messages,
        happenings: this.#plan.happenings.filter(({ at }) => at <= this.#kernel.now).length,
      },
    };
    database.close();
    this.#far.database.close();
    return outcome;
  }
}
