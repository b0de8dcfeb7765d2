import { isLikeAlias } from '../alias-skeleton.js';
import { type EpochMs, GateId } from '../brand.js';
import { PitwallError } from '../errors.js';
import type { Circumstances } from './circumstances.js';
import type { RaceCommand } from './commands.js';
import { gateAtTwoPlaces } from './course.js';
import { simulatedId } from './decide-turn.js';
import type { Entry, RaceEvent, RaceSetup, Timing } from './events.js';
import { entryOf, phaseIs, refuse, trackIsFree } from './refuse.js';
import type { RaceReplay } from './replay.js';
import type { RaceState } from './state.js';

/** The race itself, its entries, its queue. */
export function setUp(
  replay: RaceReplay,
  command: RaceCommand,
  { epoch, rulesHash, newRacer }: Circumstances,
): RaceEvent[] | undefined {
  const { state } = replay;
  switch (command.type) {
    case 'change':
      phaseIs(state, 'draft');
      return [{ type: 'changed', setup: command.setup }];
    case 'open':
      phaseIs(state, 'draft');
      oneSpotPerGate(state.setup);
      simulatedGate(state);
      holdoffIsShort(state.setup.rules);
      return [{ type: 'opened', rules: state.setup.rules, rulesHash }];
    case 'change-timing': {
      phaseIs(state, 'open');
      trackIsFree(replay);
      const { timing, reason } = command;
      oneSpotPerGate(timing);
      simulatedGate({ ...state, setup: { ...state.setup, ...timing } });
      holdoffIsShort(timing);
      return [{ type: 'timing-changed', timing, reason }];
    }
    case 'close':
      phaseIs(state, 'open');
      trackIsFree(replay);
      return [{ type: 'closed', protestsUntil: (epoch + Math.floor(state.setup.rules.protestTime / 1000)) as EpochMs }];
    case 'enter':
      phaseIs(state, 'draft', 'open');
      if (state.entriesClosed) refuse('The entries are closed.');
      return [enter(state, { ...command.entry, racer: command.entry.racer ?? newRacer })];
    case 'change-entry':
      phaseIs(state, 'draft', 'open');
      if (state.entriesClosed) refuse('The entries are closed.');
      entryOf(state, command.entry.racer);
      if (replay.current?.racer === command.entry.racer)
        refuse(`${command.entry.racer} has the track; wait for the end of the run.`);
      aliasIsFree(state, command.entry);
      return [{ type: 'entered', entry: command.entry }];
    case 'withdraw-entry':
      phaseIs(state, 'draft', 'open');
      entryOf(state, command.racer);
      if (replay.current?.racer === command.racer) refuse(`${command.racer} has the track; discard the run first.`);
      return [{ type: 'entry-withdrawn', racer: command.racer, reason: command.reason }];
    case 'close-entries':
      phaseIs(state, 'draft', 'open');
      if (state.entriesClosed) refuse('The entries are closed already.');
      return [{ type: 'entries-closed' }];
    case 'queue':
      phaseIs(state, 'draft', 'open');
      entryOf(state, command.racer);
      if (state.queue.some(({ racer }) => racer === command.racer)) refuse(`${command.racer} is in the queue already.`);
      return [{ type: 'queued', racer: command.racer }];
    case 'skip':
    case 'unqueue':
      phaseIs(state, 'draft', 'open');
      if (!state.queue.some(({ racer }) => racer === command.racer)) refuse(`${command.racer} is not in the queue.`);
      return [{ type: command.type === 'skip' ? 'skipped' : 'unqueued', racer: command.racer }];
    case 'move':
      phaseIs(state, 'draft', 'open');
      if (!state.queue.some(({ racer }) => racer === command.racer)) refuse(`${command.racer} is not in the queue.`);
      return [{ type: 'moved', racer: command.racer, place: command.place }];
    case 'roll-call':
      phaseIs(state, 'open');
      return [{ type: 'roll-called' }];
    case 'presence': {
      phaseIs(state, 'open');
      entryOf(state, command.racer);
      if (state.here === null) refuse('The roll was not called: nobody need say that they are here.');
      if (state.here?.includes(command.racer) === command.isHere)
        refuse(`${command.racer} is ${command.isHere ? 'here' : 'not here'} already.`);
      return [{ type: 'presence-noted', racer: command.racer, isHere: command.isHere }];
    }
    default:
      return undefined;
  }
}

/** Nobody is replaced by who enters: not by one of the same id, nor by one who could pass for another on the board. */
function enter(state: RaceState, entry: Entry): RaceEvent {
  const known = state.entries.find(({ racer }) => racer === entry.racer);
  if (known !== undefined)
    refuse(`${known.racer} has entered already, as ${known.alias}: change that entry, or enter under another id.`);
  aliasIsFree(state, entry);
  return { type: 'entered', entry };
}

function aliasIsFree({ entries }: RaceState, { racer, alias }: Entry): void {
  const like = entries.find((other) => other.racer !== racer && isLikeAlias(other.alias, alias));
  if (like !== undefined)
    throw new PitwallError(
      'alias-taken',
      `${alias} cannot be told from ${like.alias}, who has entered (${like.racer}): for the same person change that entry, for another one add to the alias, such as "${alias} 2".`,
      { details: { racer: like.racer } },
    );
}

/** The controller puts one gate beside the virtual track, at the start line; no gate of the hall may have its name. */
function simulatedGate({ race, setup: { car, gates, finish, splits } }: RaceState): void {
  if (car !== 'simulated') return;
  const gate = simulatedId(race);
  if (!GateId.safeParse(gate).success) refuse(`The id ${race} is too long for a race with a simulated car.`);
  if (gates.length > 1 || gates[0] !== gate || finish !== undefined || splits !== undefined)
    refuse(
      `The simulated car of this race passes the gate ${gate}: name that alone in gates, and no finish or splits.`,
    );
}

/** A lap as short as a passage may be long could not be told from it. */
function holdoffIsShort({ holdoff, plausible: { min } }: Pick<Timing, 'holdoff' | 'plausible'>): void {
  if (holdoff > 0 && holdoff >= min)
    refuse(
      `Crossings are ignored for ${holdoff / 1e6} s after one, and a lap may be as short as ${min / 1e6} s: make the first the shorter one.`,
    );
}

function oneSpotPerGate(setup: Pick<RaceSetup, 'gates' | 'finish' | 'splits'>): void {
  const gate = gateAtTwoPlaces(setup);
  if (gate !== undefined)
    refuse(`Gate ${gate} is said to stand at two places of the course; name it once in gates, finish or splits.`);
}
