import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { PitwallError, type Sha256 } from '@pitwall/protocol';

/** How a car reaches the controller's archives. */
export interface Download {
  /** Of the controller: `http://` or `https://`. */
  readonly url: string;
  /** The car's own. */
  readonly token: string;
  /** PEM of the authority that signed its certificate. */
  readonly ca?: string;
}

/** The connection may be silent for this long, in ms. */
const patience = 15_000;

/** @throws PitwallError `download-failed` */
export async function download({ url, token, ca }: Download, hash: Sha256): Promise<IncomingMessage> {
  const from = new URL(`/api/v1/models/${hash}`, url);
  const options = { headers: { authorization: `Bearer ${token}` }, timeout: patience };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      from.protocol === 'https:'
        ? getSecure(from, { ...options, ...(ca === undefined ? {} : { ca }) }, resolve)
        : getPlain(from, options, resolve);
    request.on('timeout', () => request.destroy(new Error('it went silent')));
    request.on('error', reject);
  }).catch((cause: Error) => {
    throw new PitwallError('download-failed', `The controller at ${from.origin} does not answer: ${cause.message}.`, {
      cause,
    });
  });
  if (response.statusCode === 200) return response;
  response.resume();
  throw new PitwallError(
    'download-failed',
    `The controller at ${from.origin} does not give the model ${hash.slice(0, 12)} (status ${response.statusCode}); is it uploaded there, and is the car’s password right?`,
  );
}
