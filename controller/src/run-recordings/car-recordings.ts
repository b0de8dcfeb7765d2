import { appendFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CarId, PitwallError } from '@pitwall/protocol';
import { type CarAction, type RecordingInfo, recordingPartBytes } from '@pitwall/protocol/messages';
import type { CarLink } from '../race/index.js';

export type Asking = Pick<CarLink, 'command'>;

/** Who asks cars for recordings, in their terminals. */
const who = 'desk';

/** What a car has of a time, and how its wall clock stands to ours. */
export interface FoundRecordings {
  readonly recordings: readonly RecordingInfo[];
  /** Its wall clock minus ours, ms. */
  readonly ahead: number;
}

/**
 * The recordings of a car in which a time may be (ms since 1970, by our clock), the oldest first.
 * @throws PitwallError `car-silent`, `not-found`, and what the car says when it refuses
 */
export async function findRecordings(
  cars: Asking,
  car: CarId,
  { from, to }: { readonly from: number; readonly to: number },
  epoch: () => number,
): Promise<FoundRecordings> {
  const { recordings = [], wallClock = epoch() } = await asked(cars, car, { type: 'list-recordings' });
  const ahead = wallClock - epoch();
  // One ends where the next begins, at the latest.
  const overlaps = recordings.filter(
    ({ began }, place) =>
      began <= to + ahead && (recordings[place + 1]?.began ?? Number.POSITIVE_INFINITY) >= from + ahead,
  );
  if (overlaps.length === 0)
    throw new PitwallError('not-found', `Car ${car} has no recording of this run: it recorded nothing, or deleted it.`);
  return { recordings: overlaps, ahead };
}

/**
 * Fetches a recording into a folder, from where it broke off before.
 * @param pace waits until the next part may be asked for
 * @returns where it is
 * @throws PitwallError as {@link findRecordings}
 */
export async function fetchRecording(
  cars: Asking,
  car: CarId,
  { name, bytes }: RecordingInfo,
  { folder, pace }: { readonly folder: string; readonly pace: () => Promise<void> },
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  // As much as there was when it was listed: of one that is still written, what came later is of another run.
  for (let from = await sizeOf(path); from < bytes; ) {
    await pace();
    const { part } = await asked(cars, car, {
      type: 'fetch-recording',
      name,
      from,
      bytes: Math.min(recordingPartBytes, bytes - from),
    });
    const data = Buffer.from(part?.data ?? '', 'base64');
    if (part?.from !== from || data.length === 0) {
      await rm(path, { force: true });
      throw new PitwallError('not-found', `Recording ${name} of car ${car} ended before its time.`);
    }
    await appendFile(path, data);
    from += data.length;
  }
  return path;
}

async function asked(cars: Asking, car: CarId, action: CarAction) {
  const answer = await cars.command(car, action, who);
  if (answer.outcome === 'refused')
    throw new PitwallError(answer.code ?? 'command-refused', answer.message ?? 'The car refused it.');
  if (answer.outcome === 'silent')
    throw new PitwallError('car-silent', `Car ${car} does not answer: switch it on, within reach of the Wi-Fi.`);
  return answer;
}

const sizeOf = async (path: string): Promise<number> =>
  await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
