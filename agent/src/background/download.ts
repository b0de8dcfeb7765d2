import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { PitwallError } from '@pitwall/protocol';

/** How a car reaches the controller's files. */
export interface Download {
  /** Of the controller: `http://` or `https://`. */
  readonly url: string;
  /** The car's own. */
  readonly token: string;
  /** PEM of the authority that signed its certificate. */
  readonly ca?: string;
}

/** What is wanted of a controller. */
export interface Wanted {
  readonly path: string;
  /** For people: `the model 0123…`. */
  readonly what: string;
  /** The first byte that is not here yet. */
  readonly from?: number;
}

/** The connection may be silent for this long, in ms. */
const patience = 15_000;

/** @returns the bytes from the wanted one on @throws PitwallError `download-failed` */
export async function download(
  { url, token, ca }: Download,
  { path, what, from = 0 }: Wanted,
): Promise<IncomingMessage> {
  const at = new URL(path, url);
  const range = from === 0 ? {} : { range: `bytes=${from}-` };
  const options = { headers: { authorization: `Bearer ${token}`, ...range }, timeout: patience };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      at.protocol === 'https:'
        ? getSecure(at, { ...options, ...(ca === undefined ? {} : { ca }) }, resolve)
        : getPlain(at, options, resolve);
    request.on('timeout', () => request.destroy(new Error('it went silent')));
    request.on('error', reject);
  }).catch((cause: Error) => {
    throw new PitwallError('download-failed', `The controller at ${at.origin} does not answer: ${cause.message}.`, {
      cause,
    });
  });
  if (response.statusCode === (from === 0 ? 200 : 206)) return response;
  response.resume();
  throw new PitwallError(
    'download-failed',
    `The controller at ${at.origin} does not give ${what} (status ${response.statusCode}); is it uploaded there, and is the car’s password right?`,
    { details: { status: response.statusCode } },
  );
}
