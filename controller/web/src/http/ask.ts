import { invitationHeader } from '@pitwall/protocol/api';
import { refusal } from './get.js';

/** Stands where a token does for who has signed in: the browser itself shows a cookie that no script sees. */
export const cookieSession = '@cookie';

/** What a visitor shows: who it is, and which invitation it has. Neither is ever in an address. */
export interface Credentials {
  readonly token: string | null;
  readonly invitation?: string | undefined;
}

export interface Question extends Credentials {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON; a file is sent as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Sent to its end also when the page closes. At most 64 kB. */
  readonly keepalive?: boolean;
}

/** Asks the server in a visitor's name. @throws PitwallError as the server says it. */
export async function ask(path: string, question: Question): Promise<Response> {
  const { method = 'GET', token, invitation, body, signal, keepalive = false } = question;
  const isFile = body instanceof Blob;
  const response = await fetch(path, {
    method,
    keepalive,
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    headers: {
      accept: 'application/json',
      ...(token === null || token === cookieSession ? {} : { authorization: `Bearer ${token}` }),
      ...(invitation === undefined ? {} : { [invitationHeader]: invitation }),
      ...(body === undefined ? {} : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
    },
  });
  if (!response.ok) throw await refusal(response);
  return response;
}
