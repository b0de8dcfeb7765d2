import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { type ErrorCode, PitwallError, parseJson } from '@pitwall/protocol';
import { ErrorBody } from '@pitwall/protocol/api';

export interface OtherController {
  readonly url: string;
  readonly token?: string | undefined;
  /** PEM of an authority to trust besides the usual ones. */
  readonly ca?: string | undefined;
}

const timeoutMs = 10_000;

/** Asks another controller. @throws PitwallError as it says it, `standby-unreachable` */
export async function ask(
  { url, token, ca }: OtherController,
  path: string,
  { body, timeout = timeoutMs }: { body?: object; timeout?: number } = {},
): Promise<IncomingMessage> {
  const address = new URL(path, url);
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send(address, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      timeout,
      ...(ca === undefined ? {} : { ca }),
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.on('response', resolve);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  }).catch((cause: Error) => {
    throw new PitwallError('standby-unreachable', `${address.origin} does not answer (${cause.message}).`, { cause });
  });
  if (answer.statusCode === 200) return answer;
  const text = (await buffer(answer)).toString('utf8');
  const { error } = parseJson(ErrorBody, text, `The answer of ${address.origin} with status ${answer.statusCode}`);
  throw new PitwallError(error.code as ErrorCode, error.message);
}

export const textOf = async (answer: IncomingMessage): Promise<string> => (await buffer(answer)).toString('utf8');
