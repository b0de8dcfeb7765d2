import type { Board, KeptResult } from '@pitwall/protocol/api';
import type { HoldReason } from '@pitwall/protocol/ranking';
import { words } from '../staff-words/index.js';
import { lapTime } from '../times/index.js';

type Track = KeptResult['result']['track'];

export const trackText = ({ id, version, direction }: Track): string =>
  words.common.trackVersion(id, version, words.common.directions[direction]);

/** Whether a lap is one for which a result waits. */
export const isImplausible = ({ valid, time }: { valid: boolean; time: number }, { plausible }: Board): boolean =>
  plausible !== null && valid && (time < plausible.min || time > plausible.max);

/** Why a result waits, in words. */
export function reasonText(reason: HoldReason, { result, racer }: KeptResult, board: Board): string {
  switch (reason) {
    case 'wrong-track':
      return board.track === null
        ? words.review.wrongTrackTheBoardTook
        : words.review.wrongItWasDrivenOn(trackText(result.track), trackText(board.track));
    case 'wrong-rules':
      return words.review.wrongRulesIsNotOne(result.rules.name);
    case 'implausible-lap': {
      if (board.plausible === null) return words.review.implausibleALapWasOutside;
      const { min, max } = board.plausible;
      const odd = result.laps.filter((lap) => isImplausible(lap, board));
      const limits = words.review.betweenAnd(lapTime(min), lapTime(max));
      if (odd.length === 0) return words.review.implausibleALapWasNot(limits);
      const named = odd.slice(0, 5).map(({ lap, time }) => `${lap} (${lapTime(time)})`);
      if (odd.length === 1) return words.review.implausibleLapIsNot(named.join(', '), limits);
      return words.review.implausibleLapsAreNot(named.join(', '), odd.length > 5 ? words.review.andMore : '', limits);
    }
    case 'racer-unknown':
      return words.review.unknownNoIdWasIssued(racer);
    case 'racer-provisional':
      return words.review.provisionalRacerATrackWithout;
    case 'rejected-before':
      return words.review.rejectedBeforeAPersonRejected;
  }
}
