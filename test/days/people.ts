import type { TrackSide } from '@pitwall/controller/track-side';
import { type CarId, isPitwallError, type PitwallError, type RaceId, type RacerId } from '@pitwall/protocol';
import { CreateRace } from '@pitwall/protocol/api';
import type { RaceCommand, RaceState, RunState } from '@pitwall/protocol/race';
import { model } from './car.js';
import type { Controller } from './controller.js';
import { boardId } from './controller.js';
import { type Kernel, type Machine, Program } from './kernel.js';
import type { Network } from './network.js';
import type { Deed, Plan } from './plan.js';

export const race = 'saturday' as RaceId;
export const gates = ['line', 'line-2'] as const;
export const carIds = ['blue', 'red'] as const;

/** What the desk refuses as things stand; a page shows it. */
const refusals = new Set([
  'race-refused',
  'alias-taken',
  'race-conflict',
  'race-exists',
  'store-unavailable',
  'not-found',
]);

/** Hears what people ask for, when the controller has it, and what it answers. */
export interface PeopleEvents {
  asked(command: RaceCommand | { type: 'stop-all' }): void;
  done(command: RaceCommand | { type: 'stop-all' }, askedAt: number): void;
  says(line: string): void;
}

interface Seen {
  readonly state: RaceState;
  readonly cars: ReadonlyMap<string, string>;
}

/** A marshal at a page: looks at the race every second or two, and does what it wants next. */
export class Marshal {
  readonly name: string;
  readonly program: Program;
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #controller: Controller;
  readonly #plan: Plan;
  readonly #events: PeopleEvents;
  #refused = 0;
  #pausedFor = 0;
  /** Since when no run has the track. */
  #freeSince: number | undefined;
  #next = 0;
  #stopsAt = Number.POSITIVE_INFINITY;

  constructor(
    name: string,
    parts: {
      kernel: Kernel;
      network: Network;
      controller: Controller;
      machine: Machine;
      plan: Plan;
      events: PeopleEvents;
    },
  ) {
    this.name = name;
    this.#kernel = parts.kernel;
    this.#network = parts.network;
    this.#controller = parts.controller;
    this.#plan = parts.plan;
    this.#events = parts.events;
    this.program = new Program(name, parts.machine);
  }

  start(): void {
    this.#kernel.after(this.#kernel.random.between(0.5e6, 2e6), this.program, () => void this.#loop());
  }

  /** Calls nobody any more; ends the run that there is. */
  closesAt(moment: number): void {
    this.#stopsAt = moment;
  }

  async #loop(): Promise<void> {
    for (;;) {
      await this.#wait(this.#kernel.random.between(0.8e6, 2e6));
      const seen = await this.#look();
      if (seen === undefined) continue;
      for (const command of this.#wanted(seen)) if (!(await this.give(command, seen.state.seq))) break;
    }
  }

  /** Whether it was done. */
  async give(command: RaceCommand, seen: number): Promise<boolean> {
    const commandId = this.#kernel.uuid();
    let askedAt = 0;
    for (let tries = 0; tries < 3; tries += 1) {
      const said = await this.#ask(async (side) => {
        askedAt = this.#kernel.now;
        this.#events.asked(command);
        const outcome = await side.desk.command(race, { commandId, seen, command }, this.name);
        this.#events.done(command, askedAt);
        return outcome;
      });
      // No answer: a page asks again, with the same id.
      if (said === undefined) continue;
      if (!('error' in said)) {
        this.#refused = 0;
        return true;
      }
      this.#refused += 1;
      if (command.type === 'ready') this.#lastRefusal = said.error.message;
      return false;
    }
    return false;
  }

  #lastRefusal = '';

  #look(): Promise<Seen | undefined> {
    return this.#ask(async (side) => ({
      state: await side.desk.state(race),
      cars: new Map(side.cars.list().map(({ car, state }) => [car as string, state?.safety ?? 'unknown'])),
    })).then((seen) => (seen === undefined || 'error' in seen ? this.#makeRace(seen?.error) : seen));
  }

  async #makeRace(error: PitwallError | undefined): Promise<undefined> {
    if (error?.code !== 'not-found' || this.name !== 'mara') return undefined;
    const { start, graceLap, lapLimit, timeLimit } = this.#plan;
    const setup = {
      name: 'Saturday',
      track: { id: 'oval', version: 1 },
      gates: [...gates, 'manual'],
      leaderboard: boardId,
      rules: { name: 'days', start, countdown: 5_000_000, graceLap, lapLimit, timeLimit },
    };
    const commandId = this.#kernel.uuid();
    const made = CreateRace.parse({ race, commandId, setup });
    await this.#ask((side) => side.desk.create(made, this.name));
    return undefined;
  }

  #wanted({ state, cars }: Seen): RaceCommand[] {
    if (state.phase === 'draft') return [{ type: 'open' }];
    if (state.phase !== 'open') return [];
    const missing = aliases.find((alias) => !state.entries.some((entry) => entry.alias === alias));
    if (missing !== undefined) {
      const car = carIds[state.entries.length % 2] as CarId;
      return [{ type: 'enter', entry: { alias: missing, car, models: [model] } }];
    }
    const run = state.runs.find(({ runId }) => runId === state.current);
    if (run !== undefined) {
      this.#freeSince = undefined;
      return this.#forRun(run, cars.get(run.car ?? '') ?? 'unknown');
    }
    const { now } = this.#kernel;
    if (now > this.#stopsAt) return [];
    this.#freeSince ??= now;
    if (now - this.#freeSince < this.#plan.changeover) return [];
    const racer = state.entries[this.#next++ % state.entries.length]?.racer as RacerId;
    return [{ type: 'call', runId: this.#kernel.uuid(), racer }];
  }

  #forRun(run: RunState, car: string): RaceCommand[] {
    const { runId, phase } = run;
    const stands = ['faulted', 'stopped', 'disarmed'].includes(car);
    const clear: RaceCommand[] = run.car === null ? [] : [{ type: 'clear-car', car: run.car }];
    switch (phase) {
      case 'called':
        return [{ type: 'stage', runId }];
      case 'staged': {
        const why = this.#lastRefusal;
        this.#lastRefusal = '';
        if (run.car !== null && /e-stop .* not tested/.test(why)) return [{ type: 'test-e-stop', car: run.car }];
        if (/cannot be armed/.test(why) && this.#refused < 6) return clear;
        return [{ type: 'ready', runId, ...(this.#refused >= 6 ? { overrule: 'let us go' } : {}) }];
      }
      case 'ready':
        if (run.rolling) return stands ? clear : [];
        return run.countdown === null ? [{ type: 'start', runId }] : [];
      case 'running':
        if (this.#kernel.now > this.#stopsAt + 60e6) return [{ type: 'finish', runId }];
        return stands && this.#kernel.chance(0.5) ? clear : [];
      case 'paused':
        this.#pausedFor += 1;
        if (this.#pausedFor < 3) return [];
        this.#pausedFor = 0;
        return [...(car === 'faulted' ? clear : []), { type: 'resume', runId }];
      case 'over':
        return [{ type: 'confirm', runId, withoutDoubtful: true }];
      default:
        return [];
    }
  }

  /** Presses the key of the line. */
  press(): void {
    this.#kernel.after(0, this.program, () => void this.#ask((side) => side.manual.press()));
  }

  do(deed: Deed, back: number, other: Marshal | undefined): void {
    this.#kernel.after(0, this.program, () => void this.#do(deed, back, other));
  }

  async #do(deed: Deed, back: number, other: Marshal | undefined): Promise<void> {
    const seen = await this.#look();
    if (seen === undefined) return;
    const { state } = seen;
    const run = state.runs.find(({ runId }) => runId === state.current) ?? state.runs.at(-1);
    if (run === undefined) return;
    this.#events.says(`${this.name}: ${deed}`);
    if (deed === 'stop-all') {
      await this.#ask(async (side) => {
        const askedAt = this.#kernel.now;
        this.#events.asked({ type: 'stop-all' });
        const done = side.stops.stop(this.name);
        await done;
        this.#events.done({ type: 'stop-all' }, askedAt);
        return done;
      });
    } else if (deed === 'undo-everything') await this.#undoEverything(state.seq);
    else {
      const command = commandFor(deed, state, run, back);
      if (command === undefined) return;
      if (deed === 'both-press') other?.pressToo(command, state.seq);
      await this.give(command, state.seq);
    }
  }

  /** The same, at the same moment, from another page. */
  pressToo(command: RaceCommand, seen: number): void {
    this.#kernel.after(0, this.program, () => void this.give(command, seen));
  }

  /** One record after the other, the latest first, until nothing more can be undone. */
  async #undoEverything(from: number): Promise<void> {
    for (let target = from; target > Math.max(1, from - 25); target -= 1) {
      const seen = await this.#look();
      if (seen === undefined) return;
      await this.give({ type: 'undo', target }, seen.state.seq);
    }
  }

  /** Undefined where no answer came in time. */
  #ask<T extends object>(work: (side: TrackSide) => Promise<T>): Promise<T | { error: PitwallError } | undefined> {
    const kernel = this.#kernel;
    const { program: server } = this.#controller;
    const { program } = this;
    return new Promise((resolve) => {
      const late = kernel.after(8e6, program, () => resolve(undefined));
      const answer = (said: T | { error: PitwallError }) =>
        kernel.at(this.#network.arrival(server.machine.name), program, () => {
          late.cancel();
          resolve(said);
        });
      kernel.at(this.#network.arrival(server.machine.name), server, () => {
        const { side } = this.#controller;
        if (side === undefined) return;
        work(side).then(answer, (error: unknown) => {
          if (isPitwallError(error) && refusals.has(error.code)) answer({ error });
          else kernel.failed(error, server);
        });
      });
    });
  }

  #wait(micros: number): Promise<void> {
    return new Promise((resolve) => this.#kernel.after(micros, this.program, resolve));
  }
}

const aliases = ['Ann', 'Ben', 'Ben 2', 'Cat', 'Dan'];

function commandFor(deed: Deed, state: RaceState, run: RunState, back: number): RaceCommand | undefined {
  const { runId } = run;
  const reason = 'because';
  const crossing = run.crossings.at(-1)?.seq;
  const lap = run.laps.at(-1)?.crossing;
  switch (deed) {
    case 'pause':
    case 'red-flag':
    case 'finish':
    case 'did-not-finish':
      return { type: deed, runId };
    case 'e-stop':
    case 'clear-car':
      return run.car === null ? undefined : { type: deed, car: run.car };
    case 'incident':
      return { type: 'incident', runId, kind: 'reset' };
    case 'technical-stop':
    case 'discard':
      return { type: deed, runId, reason };
    case 'both-press':
      return { type: 'pause', runId };
    case 'undo':
      return { type: 'undo', target: Math.max(1, state.seq - back) };
    case 'ignore-crossing':
      return crossing === undefined ? undefined : { type: deed, crossing, reason };
    case 'reopen': {
      const last = state.runs.findLast(({ phase }) => phase === 'confirmed');
      return last === undefined ? undefined : { type: 'reopen', runId: last.runId, reason };
    }
    case 'add-time':
      return { type: 'add-time', runId, time: 10_000_000 as never, reason };
    case 'edit-lap':
      return lap == null ? undefined : { type: 'edit-lap', runId, crossing: lap, valid: back % 2 === 0, reason };
    default:
      return undefined;
  }
}
