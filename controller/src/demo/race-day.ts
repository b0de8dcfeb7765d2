import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CarId,
  type GateId,
  isPitwallError,
  type LeaderboardId,
  PitwallError,
  type RaceId,
  type RacerId,
  type TrackId,
} from '@pitwall/protocol';
import type { LiveMessage } from '@pitwall/protocol/api';
import type { CarState, LoadedModel } from '@pitwall/protocol/messages';
import { type RaceCommand, RaceReplay, type RunState } from '@pitwall/protocol/race';
import { lapTime, plusMinus } from '@pitwall/protocol/ranking';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type { Marshal } from './marshal.js';

export interface RaceDay {
  readonly race: RaceId;
  readonly track: { readonly id: TrackId; readonly version: number };
  readonly gate: GateId;
  readonly car: CarId;
  readonly leaderboard: LeaderboardId;
  readonly racer: { readonly id: RacerId; readonly alias: string };
  readonly laps: number;
}

const minute = 60_000_000;
/** How long a car that is new may not be armable. */
const readyWithinMs = 30_000;
/** A busy machine makes a car stop itself now and then; oftener in three laps, something is wrong. */
const mostClears = 5;

/** The marshal's part in one time trial: sets the race up, sends the racer out, sees the laps, confirms the run. */
export class Trial {
  readonly #day: RaceDay;
  readonly #marshal: Marshal;
  readonly #say: (line: string) => void;
  readonly #replay = new RaceReplay();
  readonly #changed = new EventEmitter();
  readonly #runId = uuid();
  #model: LoadedModel | undefined;
  #shown = 0;
  #car: CarState | undefined;
  #clears = 0;
  #failed: PitwallError | undefined;

  constructor(day: RaceDay, marshal: Marshal, say: (line: string) => void) {
    this.#day = day;
    this.#marshal = marshal;
    this.#say = say;
  }

  /** Resolves with the confirmed run. @throws what `signal` was aborted with, or the refusal of a command. */
  async drive(signal: AbortSignal): Promise<RunState> {
    const { race, car } = this.#day;
    await this.#create();
    const live = this.#marshal.live(
      [
        { type: 'follow', race, after: 0 },
        { type: 'watch', cars: [car] },
      ],
      (message) => this.#hear(message),
    );
    const over = new AbortController();
    this.#keepGoing(over.signal).catch((error: Error) => {
      if (!over.signal.aborted) this.#changed.emit('error', error);
    });
    try {
      await this.#until(() => this.#model !== undefined, signal);
      await this.#gateIsThere(signal);
      await this.#sendOut();
      await this.#until(() => this.#run?.phase === 'over', signal);
      await this.#give({ type: 'confirm', runId: this.#runId });
      await this.#until(() => this.#run?.phase === 'confirmed', signal);
      return this.#run as RunState;
    } finally {
      over.abort();
      live.stop();
    }
  }

  async #gateIsThere(signal: AbortSignal): Promise<void> {
    for (;;) {
      const gates = await this.#marshal.gates();
      if (gates.some(({ gate, status, sensor }) => gate === this.#day.gate && status === 'online' && sensor === 'ok'))
        return;
      await delay(100, undefined, { signal });
    }
  }

  /** Earlier demos' races are over, and runs that were cut short are given up, so that gate and page are this one's. */
  async #closeEarlier(): Promise<void> {
    for (const { race, phase } of await this.#marshal.races()) {
      if (phase !== 'open' || !race.startsWith('demo-')) continue;
      const { current, runs } = await this.#marshal.race(race);
      const run = runs.find(({ runId }) => runId === current);
      if (run !== undefined) {
        const { runId } = run;
        if (['ready', 'running', 'paused'].includes(run.phase))
          await this.#marshal.command(race, { type: 'finish', runId });
        await this.#marshal.command(race, {
          type: 'discard',
          runId,
          reason: 'The demo was ended in the middle of it.',
        });
      }
      await this.#marshal.command(race, { type: 'close' });
    }
  }

  async #create(): Promise<void> {
    const { race, track, gate, leaderboard, laps } = this.#day;
    await this.#closeEarlier();
    await this.#marshal.createRace({
      race,
      commandId: uuid(),
      setup: {
        name: 'Demo time trial',
        track,
        gates: [gate],
        leaderboard,
        rules: { name: 'Demo', lapLimit: laps, timeLimit: 2 * minute, start: 'key' },
      },
    });
    await this.#give({ type: 'open' });
  }

  async #sendOut(): Promise<void> {
    const { car, racer } = this.#day;
    const runId = this.#runId;
    const model = this.#model as LoadedModel;
    const entry = { racer: racer.id, alias: racer.alias, car, models: [model] };
    const commands: z.input<typeof RaceCommand>[] = [
      { type: 'enter', entry },
      { type: 'call', runId, racer: racer.id },
      { type: 'stage', runId },
      { type: 'test-e-stop', car },
      { type: 'ready', runId },
      { type: 'start', runId },
    ];
    for (const command of commands) await (command.type === 'ready' ? this.#ready(command) : this.#give(command));
    this.#say(`${racer.alias} drives ${model.name} on car ${car}.`);
  }

  /** A car that has just been started may need a moment until its outputs answer, more of it on a busy computer. */
  async #ready(command: z.input<typeof RaceCommand>): Promise<void> {
    for (const until = performance.now() + readyWithinMs; ; ) {
      try {
        await this.#give(command);
        return;
      } catch (error) {
        if (!isPitwallError(error) || error.code !== 'race-refused' || performance.now() > until) throw error;
        await delay(500);
      }
    }
  }

  #give(command: z.input<typeof RaceCommand>): Promise<unknown> {
    return this.#marshal.command(this.#day.race, command);
  }

  get #run(): RunState | undefined {
    return this.#replay.seq === 0 ? undefined : this.#replay.run(this.#runId);
  }

  #hear(message: LiveMessage): void {
    if (message.type === 'log') {
      this.#replay.append(message.records.filter(({ seq }) => seq > this.#replay.seq));
      this.#showLaps();
    } else if (message.type === 'car-presence' && message.presence.status === 'online') {
      this.#model = message.presence.model ?? undefined;
    } else if (message.type === 'car-state') {
      this.#lookAfter(message.state);
    }
    this.#changed.emit('changed');
  }

  /** A machine that is busy elsewhere keeps frames waiting, and the car stops itself. */
  #lookAfter(state: CarState): void {
    const before = this.#car;
    this.#car = state;
    if (this.#run?.phase !== 'running' || state.safety !== 'faulted' || before?.safety === 'faulted') return;
    this.#clears += 1;
    this.#say(`  The car stopped itself (${state.reason}); the marshal clears it.`);
    if (this.#clears <= mostClears) return;
    const message = `The car has stopped itself ${this.#clears} times (${state.reason}): this machine is too busy to race; close other programs and try again.`;
    this.#failed = new PitwallError('demo-car-stops', message);
  }

  /** The marshal looks every second, and clears a car that stands in the middle of its run until it goes on. */
  async #keepGoing(signal: AbortSignal): Promise<void> {
    for (let stood = false; ; ) {
      await delay(1000, undefined, { signal });
      const goes = this.#car?.safety === 'driving' || this.#car?.safety === 'starting';
      const stands = this.#run?.phase === 'running' && !goes;
      if (stands && stood) await this.#give({ type: 'clear-car', car: this.#day.car });
      stood = stands;
    }
  }

  #showLaps(): void {
    for (const { lap, time, uncertainty, valid } of this.#run?.laps.slice(this.#shown) ?? []) {
      this.#shown = lap;
      const said = time === null ? 'not finished' : `${lapTime(time)} ${plusMinus(uncertainty)}`;
      this.#say(`  Lap ${lap}: ${said}${valid ? '' : ' (does not count)'}`);
    }
  }

  async #until(reached: () => boolean, signal: AbortSignal): Promise<void> {
    while (!reached()) {
      signal.throwIfAborted();
      if (this.#failed !== undefined) throw this.#failed;
      try {
        await once(this.#changed, 'changed', { signal });
      } catch (cause) {
        throw signal.reason instanceof PitwallError ? signal.reason : cause;
      }
    }
  }
}
