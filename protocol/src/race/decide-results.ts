import { PitwallError } from '../errors.js';
import type { Circumstances } from './circumstances.js';
import type { RaceCommand } from './commands.js';
import { doubtsThatMatter, isOpenDoubt } from './doubts.js';
import type { RaceEvent } from './events.js';
import { phaseIs, refuse, runIn, runOf, trackIsFree } from './refuse.js';
import type { RaceReplay } from './replay.js';
import type { RaceState, RunState } from './state.js';

const sentSoFar = (state: RaceState, runId: string): number =>
  state.runs.find((run) => run.runId === runId)?.revision ?? 0;

/** What becomes of a run, and of the race. */
export function result(replay: RaceReplay, command: RaceCommand, { epoch }: Circumstances): RaceEvent[] | undefined {
  const { state } = replay;
  switch (command.type) {
    case 'confirm': {
      const run = isTimed(runIn(replay, command.runId, 'over'));
      isShort(run);
      const doubtful = undecided(replay, run, command.withoutDoubtful === true);
      return [
        {
          type: 'confirmed',
          runId: run.runId,
          revision: sentSoFar(state, run.runId) + 1,
          ...(doubtful.length === 0 ? {} : { withoutDoubtful: doubtful }),
        },
      ];
    }
    case 'type-laps': {
      phaseIs(state, 'open', 'closed');
      const run = isTimed(runIn(replay, command.runId, 'called', 'staged', 'ready', 'running', 'paused', 'over'));
      return [{ type: 'laps-from-paper', runId: run.runId, laps: command.laps, reason: command.reason }];
    }
    case 'discard': {
      const run = isTimed(runOf(replay, command.runId));
      if (run.phase === 'confirmed' || run.phase === 'discarded') refuse(`The run is ${run.phase}; reopen it first.`);
      const sent = sentSoFar(state, command.runId);
      return [{ type: 'discarded', runId: run.runId, reason: command.reason, revision: sent === 0 ? 0 : sent + 1 }];
    }
    case 'reopen':
      phaseIs(state, 'open', 'closed');
      runIn(replay, command.runId, 'confirmed', 'discarded');
      trackIsFree(replay);
      return [{ type: 'reopened', runId: command.runId, reason: command.reason }];
    case 'grant-rerun':
      isTimed(runOf(replay, command.runId));
      return [{ type: 'rerun-granted', runId: command.runId, reason: command.reason }];
    case 'file-protest': {
      phaseIs(state, 'open', 'closed');
      const { type: _, ...protest } = command;
      runIn(replay, command.runId, 'confirmed', 'over');
      if (state.protestTimeEnded || (state.protestsUntil !== null && epoch > state.protestsUntil))
        refuse('The time for protests is over.', { protestsUntil: state.protestsUntil });
      if (command.decideBy <= epoch) refuse('The deadline of a protest lies in the future.');
      if (state.protests.some(({ protestId }) => protestId === command.protestId))
        refuse('That protest is filed already.');
      return [{ type: 'protest-filed', ...protest }];
    }
    case 'decide-protest': {
      const protest = state.protests.find(({ protestId }) => protestId === command.protestId);
      if (protest?.outcome !== 'open') refuse('There is no such open protest.');
      return [
        { type: 'protest-decided', protestId: command.protestId, upheld: command.upheld, reason: command.reason },
      ];
    }
    case 'draw-finals':
      return [drawFinals(replay)];
    case 'declare-official':
      return [declareOfficial(replay, command.overrule)];
    default:
      return undefined;
  }
}

function isTimed(run: RunState): RunState {
  return run.kind === 'timed' ? run : refuse('A practice never makes a result.');
}

/**
 * The laps in doubt that the run is confirmed without. Those that change nothing are not asked about.
 * @throws PitwallError `doubts-open` (details: `doubts`) where some change the result and nobody said to leave them out
 */
function undecided(replay: RaceReplay, { runId, laps }: RunState, without: boolean): number[] {
  const doubts = without ? [] : doubtsThatMatter(replay, runId);
  if (doubts.length > 0) {
    const names = doubts.map(({ lap }) => lap).join(', ');
    throw new PitwallError(
      'doubts-open',
      `${doubts.length === 1 ? `Lap ${names} is` : `Laps ${names} are`} in doubt and would change the result: say of each whether it counts (V, N) or which reading is right (J), or confirm without.`,
      { details: { doubts } },
    );
  }
  return laps.filter(isOpenDoubt).map(({ crossing }) => crossing);
}

/** As many laps as a result can tell. */
const mostLaps = 1000;

function isShort({ laps }: RunState): void {
  if (laps.filter(({ measured }) => measured !== null).length > mostLaps)
    refuse(`A result has ${mostLaps} laps at most; this run has more: discard it, and set a limit of laps or time.`);
}

function drawFinals(replay: RaceReplay): RaceEvent {
  const { state } = replay;
  phaseIs(state, 'open');
  trackIsFree(replay);
  const { finals } = state.setup.rules;
  if (finals.format === 'none') return refuse("This race's rules know no finals.");
  if (state.finals !== null) refuse('The finals are drawn already.');
  const seeds = state.standings.filter(({ rank }) => rank !== null).slice(0, finals.racers);
  if (seeds.length < 2) refuse('Finals want two racers at least who qualified.');
  return { type: 'finals-drawn', seeds: seeds.map(({ racer }) => racer) };
}

function declareOfficial(replay: RaceReplay, overrule: string | undefined): RaceEvent {
  const { state } = replay;
  phaseIs(state, 'closed');
  trackIsFree(replay);
  const open = state.protests.filter(({ outcome }) => outcome === 'open');
  if (open.length > 0) refuse(`${open.length} protests are open; decide them first.`);
  if (!state.protestTimeEnded && overrule === undefined)
    refuse('Protests may still be filed; wait, or overrule with a reason.', { protestsUntil: state.protestsUntil });
  return { type: 'declared-official', overruled: state.protestTimeEnded ? null : (overrule ?? null) };
}
