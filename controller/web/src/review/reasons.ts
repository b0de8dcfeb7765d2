import type { Board, KeptResult } from '@pitwall/protocol/api';
import type { HoldReason } from '@pitwall/protocol/ranking';
import { lapTime } from '../times/index.js';

type Track = KeptResult['result']['track'];

export const trackText = ({ id, version, direction }: Track): string => `${id}, version ${version}, ${direction}`;

/** Whether a lap is one for which a result waits. */
export const isImplausible = ({ valid, time }: { valid: boolean; time: number }, { plausible }: Board): boolean =>
  plausible !== null && valid && (time < plausible.min || time > plausible.max);

/** Why a result waits, in words. */
export function reasonText(reason: HoldReason, { result, racer }: KeptResult, board: Board): string {
  switch (reason) {
    case 'wrong-track':
      return board.track === null
        ? 'Wrong track: the board took another one when it came.'
        : `Wrong track: it was driven on ${trackText(result.track)}; the board takes ${trackText(board.track)}.`;
    case 'wrong-rules':
      return `Wrong rules: “${result.rules.name}” is not one of the rule sets that the board takes.`;
    case 'implausible-lap': {
      if (board.plausible === null) return 'Implausible: a lap was outside of what the board took when it came.';
      const { min, max } = board.plausible;
      const odd = result.laps.filter((lap) => isImplausible(lap, board));
      const limits = `between ${lapTime(min)} and ${lapTime(max)}`;
      if (odd.length === 0) return `Implausible: a lap was not ${limits}.`;
      const named = odd.slice(0, 5).map(({ lap, time }) => `${lap} (${lapTime(time)})`);
      if (odd.length === 1) return `Implausible: lap ${named} is not ${limits}.`;
      return `Implausible: laps ${named.join(', ')}${odd.length > 5 ? ' and more' : ''} are not ${limits}.`;
    }
    case 'racer-unknown':
      return `Unknown racer: no id “${racer}” was issued here, and the board takes issued ones only.`;
    case 'racer-provisional':
      return 'Provisional racer: a track without network made the id; who is it?';
    case 'rejected-before':
      return 'Rejected before: a person rejected it, and its source has amended it since.';
  }
}
