import type { Circumstances } from './circumstances.js';
import type { RaceCommand, RaceCommandType } from './commands.js';
import { correct } from './decide-corrections.js';
import { result } from './decide-results.js';
import { setUp } from './decide-setup.js';
import { turn } from './decide-turn.js';
import type { RaceEvent } from './events.js';
import type { RaceReplay } from './replay.js';

type Decider = (replay: RaceReplay, command: RaceCommand, circumstances: Circumstances) => RaceEvent[] | undefined;

const deciders: readonly Decider[] = [setUp, turn, correct, result];

/**
 * The events that a command becomes as the race stands; none where it changes nothing in the log (an e-stop of a car that
 * does not race).
 * @throws PitwallError `race-refused`, which says what is in the way.
 */
export function decide(replay: RaceReplay, command: RaceCommand, circumstances: Circumstances): RaceEvent[] {
  for (const decider of deciders) {
    const events = decider(replay, command, circumstances);
    if (events !== undefined) return events;
  }
  return [];
}

/** A judgement on what was shown: anything at all that came since is a reason to look again. */
const strict: ReadonlySet<RaceCommandType> = new Set(['confirm', 'discard', 'declare-official', 'draw-finals']);
/** Never refused because somebody else was busy too. */
const urgent: ReadonlySet<RaceCommandType> = new Set(['red-flag', 'e-stop', 'speed']);
/** What cars and gates say all the time, and racers at their speed control; it surprises nobody. */
const expected: ReadonlySet<RaceEvent['type']> = new Set(['crossing', 'car-answered', 'car-state', 'speed-set']);

/** Whether what came since the version that a marshal saw stands against the command. */
export function isConflict(command: RaceCommandType, since: readonly { readonly event: RaceEvent }[]): boolean {
  if (urgent.has(command)) return false;
  if (strict.has(command))
    return since.some(({ event }) => event.type !== 'car-answered' && event.type !== 'car-state');
  return since.some(({ event }) => !expected.has(event.type));
}
