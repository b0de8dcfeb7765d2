import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import { aliasOf } from '../race/index.js';

const kinds = { reset: 'Reset', 'off-track': 'Off-track', collision: 'Collision' } as const;
const stops = {
  marshal: 'Paused',
  'red-flag': 'Red flag',
  'e-stop': 'Emergency stop',
  correction: 'Paused by a correction',
} as const;

/** One record of the log, for people. */
export function recordText({ event }: LogRecord, state: RaceState): string {
  switch (event.type) {
    case 'created':
      return 'Race made';
    case 'changed':
      return 'Race changed';
    case 'opened':
      return `Race opened, rules “${event.rules.name}”`;
    case 'closed':
      return 'Race closed';
    case 'protest-time-ended':
      return 'Time for protests is over';
    case 'declared-official':
      return 'Declared official';
    case 'entered':
      return `${event.entry.alias} entered`;
    case 'entry-withdrawn':
      return `${aliasOf(state, event.racer)} withdrawn: ${event.reason}`;
    case 'queued':
      return `${aliasOf(state, event.racer)} queued`;
    case 'skipped':
      return `${aliasOf(state, event.racer)} skipped`;
    case 'unqueued':
      return `${aliasOf(state, event.racer)} left the queue`;
    case 'moved':
      return `${aliasOf(state, event.racer)} moved to place ${event.place}`;
    case 'entries-closed':
      return 'Entries closed';
    case 'run-called':
      return `${aliasOf(state, event.racer)} called`;
    case 'run-staged':
      return `Staged${event.car === null ? '' : ` with car ${event.car}`}`;
    case 'run-ready':
      if (event.overruled !== null) return `Ready, overruled: ${event.overruled}`;
      return event.accepted === undefined ? 'Ready' : `Ready, accepted: ${event.accepted.join('; ')}`;
    case 'countdown-started':
      return 'Countdown started';
    case 'countdown-ended':
      return 'Countdown ended';
    case 'run-started':
      return event.start === 'rolling' ? 'Rolling start' : 'Started';
    case 'paused':
      return stops[event.by];
    case 'resumed':
      return 'Went on';
    case 'incident':
      return kinds[event.kind];
    case 'did-not-finish':
      return 'Did not finish';
    case 'technical-stop':
      return `Technical stop: ${event.reason}`;
    case 'speed-set':
      return `Speed ${event.percent} %`;
    case 'time-added':
      return `${event.time / 1_000_000} s added: ${event.reason}`;
    case 'time-expired':
      return 'Time is up';
    case 'finished':
      return 'Run ended';
    case 'confirmed':
      return `Result confirmed${event.revision > 1 ? `, revision ${event.revision}` : ''}${
        event.withoutDoubtful === undefined ? '' : `, without ${event.withoutDoubtful.length} in doubt`
      }`;
    case 'discarded':
      return `Run discarded: ${event.reason}`;
    case 'reopened':
      return `Run reopened: ${event.reason}`;
    case 'rerun-granted':
      return `Re-run granted: ${event.reason}`;
    case 'practice-started':
      return 'Practice';
    case 'crossing':
      return `Crossing at ${event.crossing.gate}`;
    case 'crossing-added':
      return `Crossing by hand: ${event.reason}`;
    case 'crossing-ignored':
      return `Crossing ${event.crossing} ignored: ${event.reason}`;
    case 'lap-edited':
      return `Lap edited: ${event.reason}`;
    case 'crossings-read':
      return `Other reading of ${event.readings.length === 1 ? 'a crossing' : 'two crossings'}: ${event.reason}`;
    case 'lap-split':
      return `Lap split in ${event.parts}: ${event.reason}`;
    case 'incident-moved':
      return 'Incident moved to the lap before';
    case 'car-state':
      if (event.driving === null) return `Car ${event.car} is not online`;
      return event.driving ? `Car ${event.car} drives` : `Car ${event.car} stands (${event.reason ?? event.safety})`;
    case 'laps-from-paper':
      return `${event.laps.length} ${event.laps.length === 1 ? 'lap' : 'laps'} from paper: ${event.reason}`;
    case 'timing-changed':
      return `Timing changed for runs to come: ${event.reason}`;
    case 'undone':
      return `Record ${event.target} undone`;
    case 'car-answered':
      return `Car ${event.car}, ${event.command}: ${event.outcome}${event.safety === null ? '' : ` (${event.safety})`}`;
    case 'e-stop-tested':
      return `E-stop of car ${event.car} tested`;
    case 'clock-restarted':
      return 'The controller’s clock restarted';
    case 'protest-filed':
      return `Protest by ${event.by}: ${event.text}`;
    case 'protest-decided':
      return `Protest ${event.upheld ? 'upheld' : 'rejected'}: ${event.reason}`;
    case 'protest-expired':
      return 'Protest expired';
    case 'finals-drawn':
      return 'Finals drawn';
  }
}
