import type { CarId } from '@pitwall/protocol';
import { isPitwallError, PitwallError } from '@pitwall/protocol';
import { ask } from '../http/index.js';
import { words } from '../staff-words/index.js';
import { recordingsPath } from './use-garage.js';
import { sentence, size } from './words.js';

interface Wanted {
  readonly car: CarId;
  readonly name: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Bytes that have come, of how many; null where nobody knows. */
  readonly onPart: (came: number, whole: number | null) => void;
}

/** A recording, fetched from the car part by part. @throws PitwallError with one sentence that says what to do */
export async function download({ car, name, token, signal, onPart }: Wanted): Promise<Blob> {
  const parts: BlobPart[] = [];
  let came = 0;
  let whole: number | null = null;
  try {
    const answer = await ask(`${recordingsPath(car)}/${encodeURIComponent(name)}`, { token, signal });
    const length = Number(answer.headers.get('content-length') ?? Number.NaN);
    whole = Number.isSafeInteger(length) ? length : null;
    onPart(0, whole);
    const reader = (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      came += next.value.length;
      onPart(came, whole);
    }
  } catch (cause) {
    if (signal.aborted) throw new PitwallError('not-found', words.garage.notFetchedYouEndedIt, { cause });
    if (came === 0 && whole === null)
      throw isPitwallError(cause) ? cause : new PitwallError('car-silent', sentence(cause));
    const of = whole === null ? '' : words.garage.ofSize(size(whole));
    throw new PitwallError('car-silent', words.garage.notFetchedItBrokeOff(size(came), of, car), { cause });
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}
