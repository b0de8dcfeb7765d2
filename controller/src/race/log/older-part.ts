import { PitwallError } from '@pitwall/protocol';
import { type LogRecord, RaceReplay } from '@pitwall/protocol/race';
import type { DeskLog } from '../ports.js';
import type { LoadedRace } from './loaded-race.js';
import type { RaceLogs } from './race-logs.js';
import { SeenCrossings } from './seen-crossings.js';
import { isSame, type RaceSnapshots, type Resumed } from './snapshots.js';

/** Records replayed in one turn of the event loop. */
const inOneTurn = 250;

export interface OlderPartOptions {
  readonly logs: RaceLogs;
  readonly snapshots: RaceSnapshots;
  readonly log: DeskLog;
  /** Whether the desk is shutting down. */
  readonly isStopped: () => boolean;
}

/**
 * Reads what lies before the snapshot with which a race was taken up, checks every record of it, and replays the whole log beside
 * the race that goes on meanwhile; then the race is the whole log's. A snapshot that the log does not come to is said, and the log counts.
 * @throws PitwallError `log-invalid`, `store-unavailable`
 */
export async function readOlderPart(
  loaded: LoadedRace,
  snapshot: Resumed['snapshot'],
  { logs, snapshots, log, isStopped }: OlderPartOptions,
): Promise<void> {
  const { race } = loaded;
  const whole = new RaceReplay();
  const crossings = new SeenCrossings();
  const older: LogRecord[] = [];
  let bytes = 0;
  for await (const piece of logs.piecesUpTo(race, snapshot.replay.seq)) {
    whole.append(piece.records);
    for (const record of piece.records) {
      older.push(record);
      if (record.event.type === 'crossing') crossings.add(record.event.crossing);
    }
    bytes += piece.bytes;
    await nextTurn(isStopped);
  }
  if (whole.last?.hash !== snapshot.replay.last.hash)
    throw new PitwallError('log-invalid', `The log of race ${race} does not lead to its record ${whole.seq}.`);
  if (!isSame(snapshot, whole, crossings)) {
    log.error({ race, seq: whole.seq }, 'a snapshot was not what its log comes to: a defect; the log counts');
    for (const { event } of older) if (event.type === 'crossing') loaded.crossings.add(event.crossing);
    await snapshots.forget(race);
  }
  // Only what is on disk, which nothing takes back; the last of it at once with the change.
  while (loaded.committed - whole.seq > inOneTurn) {
    whole.append(loaded.replay.after(whole.seq).slice(0, inOneTurn));
    await nextTurn(isStopped);
  }
  whole.append(loaded.replay.after(whole.seq));
  loaded.join(whole, older, bytes);
}

async function nextTurn(isStopped: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (isStopped()) throw new PitwallError('store-unavailable', 'The controller is shutting down.');
}
