import { isConflict, type LogRecord, type RaceCommandType } from '@pitwall/protocol/race';

/**
 * The version on which a command is based: what the page showed when the key was pressed, and after it what surprises nobody:
 * this marshal's own records that have come meanwhile, and what cars and gates say all the time.
 */
export function versionSeen(
  shown: number,
  records: readonly LogRecord[],
  own: ReadonlySet<number>,
  command: RaceCommandType,
): number {
  let seen = shown;
  for (let next = records[seen]; next !== undefined; next = records[seen]) {
    if (!own.has(next.seq) && isConflict(command, [next])) break;
    seen = next.seq;
  }
  return seen;
}
