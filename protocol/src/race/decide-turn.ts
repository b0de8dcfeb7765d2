import type { CarId, GateId, Micros, RaceId, RacerId, Sha256 } from '../brand.js';
import type { Circumstances } from './circumstances.js';
import type { RaceCommand } from './commands.js';
import { fastestCleanLap } from './doubts.js';
import type { RaceEvent, RaceEventOf, RaceSetup, ReadyCheck } from './events.js';
import { heatFor } from './finals.js';
import { nextInQueue } from './queue.js';
import { entryOf, phaseIs, refuse, runIn, runOf, trackIsFree } from './refuse.js';
import type { RaceReplay } from './replay.js';
import type { RaceState, RunState } from './state.js';

/** One racer's turn, from the call to the end. */
export function turn(
  replay: RaceReplay,
  command: RaceCommand,
  { now, checks }: Circumstances,
): RaceEvent[] | undefined {
  switch (command.type) {
    case 'call':
      return [call(replay, command.runId, command.racer)];
    case 'practice':
      phaseIs(replay.state, 'open');
      trackIsFree(replay);
      isNew(replay, command.runId);
      return [
        {
          type: 'practice-started',
          runId: command.runId,
          car: command.car ?? null,
          ...(command.several === true ? { several: true } : {}),
        },
      ];
    case 'stage':
      return [stage(replay, command)];
    case 'ready': {
      runIn(replay, command.runId, 'staged');
      return [ready(command, checks)];
    }
    case 'start':
      return [start(replay, command.runId, now.at, now)];
    case 'pause':
      return [pause(replay, command.runId, 'marshal')];
    case 'red-flag':
      return [pause(replay, command.runId, 'red-flag')];
    case 'e-stop': {
      const run = replay.current;
      return run?.car === command.car && mayGo(run) ? [{ type: 'paused', runId: run.runId, by: 'e-stop' }] : [];
    }
    case 'resume':
      runIn(replay, command.runId, 'paused');
      return [{ type: 'resumed', runId: command.runId }];
    case 'incident':
      if (replay.state.logVersion === 1 || !isEndedByLap(runOf(replay, command.runId)))
        runIn(replay, command.runId, 'running', 'paused');
      return [{ type: 'incident', runId: command.runId, kind: command.kind }];
    case 'did-not-finish':
      runIn(replay, command.runId, 'running');
      return [{ type: 'did-not-finish', runId: command.runId }];
    case 'technical-stop':
      return [technicalStop(replay, command)];
    case 'add-time':
      if (runIn(replay, command.runId, 'running', 'paused').limit === null) refuse('The run has no time limit.');
      return [{ type: 'time-added', runId: command.runId, time: command.time, reason: command.reason }];
    case 'speed': {
      const { runId } = runIn(replay, command.runId, 'staged', 'ready', 'running', 'paused');
      speedIsAllowed(replay.setup, command.percent);
      return [{ type: 'speed-set', runId, percent: command.percent }];
    }
    case 'relaunch':
      return relaunch(replay, command);
    case 'finish':
      runIn(replay, command.runId, 'ready', 'running', 'paused');
      return [{ type: 'finished', runId: command.runId }];
    default:
      return undefined;
  }
}

/** What the car, and the gate, that the controller itself puts on the virtual track of a race are called. */
export const simulatedId = (race: RaceId): CarId & GateId => `live-${race}` as CarId & GateId;

/** Whether the car has leave to drive. */
export const mayGo = (run: RunState): boolean => run.phase === 'running' || run.rolling;

/** Whether the crossing that ended its last lap ended the run: what is noted right afterwards happened in that lap. */
export const isEndedByLap = ({ phase, overAt, crossings, laps }: RunState): boolean => {
  const last = crossings.find(({ seq }) => seq === laps.at(-1)?.crossing)?.at;
  return phase === 'over' && last !== undefined && last.at === overAt?.at && last.bootId === overAt.bootId;
};

function speedIsAllowed({ car, rules: { speed } }: RaceSetup, percent: number): void {
  if (car === 'any') refuse('Pitwall drives no car of this race: nobody sets its speed here.');
  if (speed === undefined) {
    if (car === 'agent')
      refuse('The rules of this race have no speed control: cars keep the throttle that their crew set.');
    return;
  }
  const { min, max } = speed;
  if (percent < min || percent > max)
    refuse(`The rules of this race allow a speed from ${min} to ${max} %, not ${percent} %.`);
}

function isNew(replay: RaceReplay, runId: string): void {
  if (replay.run(runId) !== undefined) refuse(`There is a run ${runId} already.`);
}

function call(replay: RaceReplay, runId: string, wanted: RacerId | undefined): RaceEvent {
  const { state } = replay;
  phaseIs(state, 'open');
  trackIsFree(replay);
  isNew(replay, runId);
  const fastest = fastestCleanLap(state.runs);
  const known = fastest === null ? {} : { fastest };
  const racer = wanted ?? nextOf(state);
  entryOf(state, racer);
  if (state.finals === null) {
    hasAttempt(state, racer);
    return { type: 'run-called', runId, racer, stage: 'qualifying', ...known };
  }
  if (!state.finals.seeds.includes(racer)) refuse(`${racer} is not in the finals.`);
  if (state.setup.rules.finals.format !== 'knock-out')
    return { type: 'run-called', runId, racer, stage: 'final', ...known };
  const heat = heatFor(racer, state.finals) ?? refuse(`${racer} has no heat to run in now.`);
  return { type: 'run-called', runId, racer, stage: 'final', heat: { round: heat.round, heat: heat.heat }, ...known };
}

/** @throws PitwallError `race-refused` where nobody is next. */
function nextOf(state: RaceState): RacerId {
  return (
    nextInQueue(state) ??
    refuse(
      state.queue.length === 0
        ? 'The queue is empty; name the racer, or queue one.'
        : 'Nobody in the queue has said to be here; name the racer, or mark who is here.',
    )
  );
}

/** As if the run had never been launched: what it was called for stands. */
function relaunch(
  replay: RaceReplay,
  { runId, next, reason }: Extract<RaceCommand, { type: 'relaunch' }>,
): RaceEvent[] {
  const { racer, stage, heat, car, model, revision } = runIn(
    replay,
    runId,
    'staged',
    'ready',
    'running',
    'paused',
    'over',
  );
  phaseIs(replay.state, 'open');
  isNew(replay, next);
  if (racer === null) return refuse('A practice is not relaunched; finish it.');
  const fastest = fastestCleanLap(replay.state.runs);
  return [
    { type: 'discarded', runId, reason, revision: revision === 0 ? 0 : revision + 1 },
    { type: 'rerun-granted', runId, reason },
    {
      type: 'run-called',
      runId: next,
      racer,
      stage,
      ...(heat === null ? {} : { heat }),
      ...(fastest === null ? {} : { fastest }),
    },
    { type: 'run-staged', runId: next, car, model },
  ];
}

function hasAttempt(state: RaceState, racer: RacerId): void {
  const { attempts } = state.setup.rules;
  const used = state.standings.find((standing) => standing.racer === racer)?.attempts ?? 0;
  if (attempts !== null && used >= attempts)
    refuse(`${racer} has used all ${attempts} attempts; only a re-run gives one back.`, { attempts, used });
}

/** Where models are entered, one of them drives. */
function modelIsEntered(state: RaceState, run: RunState, model: Sha256): void {
  if (run.racer === null || state.setup.car === 'any') return;
  const { models } = entryOf(state, run.racer);
  if (!models.some(({ hash }) => hash === model))
    refuse(`Model ${model.slice(0, 12)} is none of those that ${run.racer} entered.`);
}

function stage(replay: RaceReplay, command: Extract<RaceCommand, { type: 'stage' }>): RaceEvent {
  const run = runIn(replay, command.runId, 'called', 'staged');
  const { state } = replay;
  const entry = run.racer === null ? undefined : entryOf(state, run.racer);
  const { car: cars } = state.setup;
  const car = cars === 'simulated' ? simulatedId(state.race) : (command.car ?? entry?.car ?? null);
  const model = command.model ?? (entry?.models.length === 1 ? (entry.models[0]?.hash ?? null) : null);
  if (cars === 'agent' && car === null) refuse('Name the car: the entry has none.');
  if (cars !== 'any' && model === null) refuse('Name the model: the entry does not have exactly one.');
  if (model !== null) modelIsEntered(state, run, model);
  return { type: 'run-staged', runId: run.runId, car, model };
}

function ready(command: Extract<RaceCommand, { type: 'ready' }>, checks: readonly ReadyCheck[]): RaceEvent {
  const { runId, overrule, accept = [] } = command;
  const failed = checks.filter(({ ok }) => !ok);
  const warned = failed.filter(({ level }) => level === 'warning');
  const accepted = warned.map(({ detail }) => detail).filter((detail) => accept.includes(detail));
  const open = failed.filter(({ level, detail }) => level !== 'warning' || !accepted.includes(detail));
  if (open.length > 0 && overrule === undefined)
    refuse(
      `Not ready: ${open.map(({ detail }) => detail).join('; ')}. ${
        open.every(({ level }) => level === 'warning')
          ? 'Accept it, or put it right.'
          : 'Put it right, or overrule with a reason.'
      }`,
      { checks },
    );
  const overruled = open.length > 0 ? (overrule ?? null) : null;
  return { type: 'run-ready', runId, checks: [...checks], overruled, ...(accepted.length === 0 ? {} : { accepted }) };
}

function start(replay: RaceReplay, runId: string, at: Micros, now: Circumstances['now']): RaceEvent {
  const run = runIn(replay, runId, 'ready');
  if (run.rolling || run.countdown !== null) refuse('The start is under way.');
  const { start: how, countdown } = replay.state.setup.rules;
  if (how === 'countdown')
    return { type: 'countdown-started', runId, ends: { bootId: now.bootId, at: (at + countdown) as Micros } };
  return { type: 'run-started', runId, start: how };
}

function pause(replay: RaceReplay, runId: string, by: RaceEventOf<'paused'>['by']): RaceEvent {
  const run = runIn(replay, runId, 'ready', 'running');
  if (run.phase === 'ready' && !run.rolling && run.countdown === null) refuse('Nothing runs yet that could be paused.');
  return { type: 'paused', runId, by };
}

function technicalStop(replay: RaceReplay, command: Extract<RaceCommand, { type: 'technical-stop' }>): RaceEvent {
  const run = runIn(replay, command.runId, 'running', 'paused');
  if (command.model !== undefined) modelIsEntered(replay.state, run, command.model);
  return {
    type: 'technical-stop',
    runId: run.runId,
    reason: command.reason,
    car: command.car ?? null,
    model: command.model ?? null,
    declared: replay.state.setup.car === 'any',
  };
}
