import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import { aliasOf } from '../race/index.js';
import { words } from '../staff-words/index.js';
import { reasonText } from './desk-reasons.js';

const kinds = {
  reset: words.common.reset,
  'off-track': words.marshal.offTrack,
  collision: words.marshal.collision,
} as const;
const stops = {
  marshal: words.common.paused,
  'red-flag': words.common.redFlag,
  'e-stop': words.common.emergencyStop,
  correction: words.marshal.pausedByACorrection,
} as const;

/** A code as the catalogue names it; a newer car's as it comes. */
export const named = (texts: Readonly<Record<string, string>>, code: string): string => texts[code] ?? code;

/** One record of the log, for people. */
export function recordText({ event }: LogRecord, state: RaceState): string {
  switch (event.type) {
    case 'created':
      return words.marshal.raceMade;
    case 'changed':
      return words.marshal.raceChanged;
    case 'opened':
      return words.marshal.raceOpenedRules(event.rules.name);
    case 'closed':
      return words.marshal.raceClosed;
    case 'protest-time-ended':
      return words.marshal.timeForProtestsIsOver;
    case 'declared-official':
      return words.marshal.declaredOfficial;
    case 'entered':
      return words.marshal.entered(event.entry.alias);
    case 'entry-withdrawn':
      return words.marshal.withdrawn(aliasOf(state, event.racer), event.reason);
    case 'queued':
      return words.marshal.queued(aliasOf(state, event.racer));
    case 'skipped':
      return words.marshal.skipped(aliasOf(state, event.racer));
    case 'unqueued':
      return words.marshal.leftTheQueue(aliasOf(state, event.racer));
    case 'moved':
      return words.marshal.movedTo(aliasOf(state, event.racer), event.place);
    case 'roll-called':
      return words.marshal.rollCalled;
    case 'presence-noted':
      return event.isHere
        ? words.marshal.isHere(aliasOf(state, event.racer))
        : words.marshal.isNotHere(aliasOf(state, event.racer));
    case 'entries-closed':
      return words.marshal.entriesClosed;
    case 'run-called':
      return words.marshal.called(aliasOf(state, event.racer));
    case 'run-staged':
      return words.marshal.staged(event.car === null ? '' : words.marshal.with(event.car));
    case 'run-ready':
      if (event.overruled !== null) return words.marshal.ready(event.overruled);
      return event.accepted === undefined
        ? words.common.ready
        : words.marshal.readyAcceptedAccepted(event.accepted.join('; '));
    case 'countdown-started':
      return words.marshal.countdownStarted;
    case 'countdown-ended':
      return words.marshal.countdownEnded;
    case 'run-started':
      return event.start === 'rolling' ? words.common.rollingStart : words.marshal.started;
    case 'paused':
      return stops[event.by];
    case 'resumed':
      return words.marshal.wentOn;
    case 'incident':
      return kinds[event.kind];
    case 'did-not-finish':
      return words.marshal.didNotFinish;
    case 'technical-stop':
      return words.marshal.technicalStop(event.reason);
    case 'speed-set':
      return words.marshal.speed(event.percent);
    case 'time-added':
      return words.marshal.sAdded(event.time / 1_000_000, event.reason);
    case 'time-expired':
      return words.common.timeIsUp;
    case 'finished':
      return words.marshal.runEnded;
    case 'confirmed':
      return words.marshal.resultConfirmed(
        event.revision > 1 ? words.common.revision(event.revision) : '',
        event.withoutDoubtful === undefined ? '' : words.marshal.withoutInDoubt(event.withoutDoubtful.length),
      );
    case 'discarded':
      return words.marshal.runDiscarded(event.reason);
    case 'reopened':
      return words.marshal.runReopened(event.reason);
    case 'rerun-granted':
      return words.marshal.reRunGranted(event.reason);
    case 'practice-started':
      return words.common.practice;
    case 'crossing':
      return words.marshal.crossingAt(event.crossing.gate);
    case 'crossing-added':
      return words.marshal.crossingByHandReason(reasonText(event.reason));
    case 'crossing-ignored':
      return words.marshal.crossingIgnored(event.crossing, reasonText(event.reason));
    case 'lap-edited':
      return words.marshal.lapEdited(reasonText(event.reason));
    case 'crossings-read':
      return words.marshal.otherReadingOf(words.marshal.crossingsRead(event.readings.length), reasonText(event.reason));
    case 'lap-split':
      return words.marshal.lapSplitIn(event.parts, reasonText(event.reason));
    case 'incident-moved':
      return words.marshal.incidentMovedToTheLap;
    case 'car-state':
      if (event.driving === null) return words.marshal.isNotOnline(event.car);
      return [
        event.driving
          ? words.marshal.drives(event.car)
          : words.marshal.stands(
              event.car,
              event.reason ?? (event.safety === null ? '' : named(words.marshal.safety, event.safety)),
            ),
        ...(event.scale === undefined || event.scale === 100 ? [] : [words.race.throttleHeldTo(event.scale)]),
      ].join(' · ');
    case 'laps-from-paper':
      return words.marshal.lapsFromPaper(words.common.lapCount(event.laps.length), event.reason);
    case 'timing-changed':
      return words.marshal.timingChangedForRunsTo(event.reason);
    case 'undone':
      return words.marshal.recordUndone(event.target);
    case 'car-answered':
      return words.marshal.carAnsweredRecord(
        event.car,
        words.marshal.carCommands[event.command],
        words.marshal.answers[event.outcome],
        event.safety === null ? '' : ` (${named(words.marshal.safety, event.safety)})`,
      );
    case 'e-stop-tested':
      return words.marshal.eStopOfTested(event.car);
    case 'clock-restarted':
      return words.marshal.theControllersClockRestarted;
    case 'protest-filed':
      return words.marshal.protest(event.by, event.text);
    case 'protest-decided':
      return words.marshal.protestDecided(event.upheld ? words.common.upheld : words.common.rejected, event.reason);
    case 'protest-expired':
      return words.marshal.protestExpired;
    case 'finals-drawn':
      return words.marshal.finalsDrawn;
  }
}
