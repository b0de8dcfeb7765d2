import type { BootId, Micros, RacerId, Sha256 } from '@pitwall/protocol';
import {
  type Circumstances,
  chainRoot,
  decide,
  goingOf,
  holdAfter,
  isEndedByLap,
  type LogRecord,
  logVersion,
  type RaceCommand,
  type RaceEvent,
  RaceReplay,
  RaceRules,
  type RaceRulesInput,
  RaceSetup,
  type RunState,
} from '@pitwall/protocol/race';
import type { TrueRun } from './hall.js';

const model = 'a'.repeat(64) as Sha256;
const bootId = 'hall' as BootId;
export const runIdOf = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** A race in memory, run as a marshal runs it. */
export class Desk {
  readonly replay = new RaceReplay();
  #crossings = 0;
  #runs = 0;

  constructor(rules: Partial<RaceRulesInput>, racers: readonly RacerId[]) {
    const setup = RaceSetup.parse({
      name: 'Readings',
      track: { id: 'hall', version: 1 },
      gates: ['line'],
      car: 'any',
      rules: RaceRules.parse({ name: 'readings', ...rules }),
    });
    this.#write({ type: 'created', setup, logVersion }, 0);
    this.give({ type: 'open' }, 0);
    for (const racer of racers)
      this.give({ type: 'enter', entry: { racer, alias: racer, car: null, models: [{ hash: model, name: 'm' }] } }, 0);
  }

  run(runId: string): RunState {
    return this.replay.run(runId) as RunState;
  }

  /** Times a run by what the desk is told of it, to its end; `at`: when it is called. */
  time(racer: RacerId, at: number, { happenings }: TrueRun): string {
    this.#runs += 1;
    const runId = runIdOf(this.#runs);
    for (const command of [
      { type: 'call', runId, racer },
      { type: 'stage', runId, model },
      { type: 'ready', runId },
      { type: 'start', runId },
    ] as RaceCommand[])
      this.give(command, at);
    for (const happening of happenings) {
      const { at: when, what } = happening;
      this.#fallDue(when);
      const run = this.run(runId);
      const { phase } = run;
      if (phase === 'over') {
        // The car is told to stop, and rolls on for some two seconds; who has it in their hands notes that.
        const ended = run.overAt?.at ?? when;
        if (when - ended > 7_000_000) break;
        if (what === 'crossing' && when - ended <= 2_000_000) this.#cross(when);
        if (what === 'reset' && happening.leftAt <= (run.overAt?.at ?? 0) && isEndedByLap(run))
          this.give({ type: 'incident', runId, kind: 'reset' }, when);
        continue;
      }
      if (what === 'crossing') this.#cross(when);
      else if (what === 'reset' && phase !== 'ready') this.give({ type: 'incident', runId, kind: 'reset' }, when);
      else if (what === 'pause' && phase === 'running') this.give({ type: 'pause', runId }, when);
      else if (what === 'resume' && phase === 'paused') this.give({ type: 'resume', runId }, when);
    }
    const end = (happenings.at(-1)?.at ?? at) + 1;
    if (this.run(runId).phase !== 'over') this.give({ type: 'finish', runId }, end);
    return runId;
  }

  give(command: RaceCommand, at: number): void {
    const circumstances: Circumstances = {
      now: { bootId, at: at as Micros },
      epoch: Math.floor(at / 1000) as never,
      checks: [],
      rulesHash: model,
      newRacer: 'racer-new' as RacerId,
    };
    const before = goingOf(this.replay);
    const events = decide(this.replay, command, circumstances);
    for (const event of events) this.#write(event, at);
    const hold = holdAfter(before, this.replay, events, circumstances.now);
    if (hold !== undefined) this.#write(hold, at);
  }

  #cross(at: Micros): void {
    this.#write(
      {
        type: 'crossing',
        crossing: {
          gate: 'line' as never,
          bootId: 'gate' as BootId,
          seq: this.#crossings++,
          at,
          uncertainty: 20 as Micros,
        },
        controllerAt: at,
        controllerBound: 100 as Micros,
        epoch: 'gate',
        rate: { value: 1, bound: 0 },
      },
      at,
    );
  }

  #fallDue(at: number): void {
    const { current } = this.replay;
    const deadline = current?.deadline;
    if (current !== undefined && deadline != null && deadline.at <= at)
      this.#write({ type: 'time-expired', runId: current.runId, deadline }, at);
  }

  #write(event: RaceEvent, at: number): void {
    const record = {
      race: 'readings',
      seq: this.replay.seq + 1,
      at: { bootId, at },
      epoch: Math.floor(at / 1000),
      who: 'marshal',
      commandId: null,
      event,
      previous: chainRoot,
      hash: chainRoot,
    } as LogRecord;
    this.replay.append([record]);
  }
}
