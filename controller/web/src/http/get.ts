import { PitwallError } from '@pitwall/protocol';
import { ErrorBody } from '@pitwall/protocol/api';

/** What an answer says went wrong, as the one error class, with the server's code and details. */
export async function refusal(response: Response): Promise<PitwallError> {
  const body = ErrorBody.safeParse(await response.json().catch(() => undefined));
  if (!body.success)
    return new PitwallError('internal-error', `The server answered ${response.status} without saying why.`);
  const { code, message, details } = body.data.error;
  return new PitwallError(code as PitwallError['code'], message, details === undefined ? {} : { details });
}

/** Reads JSON from the server; `read` checks its shape. @throws PitwallError as the server says it. */
export async function get<T>(path: string, read: (value: unknown) => T, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } });
  if (!response.ok) throw await refusal(response);
  return read(await response.json());
}
