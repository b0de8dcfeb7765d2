import { parse } from '@pitwall/protocol';
import { CommandOutcome } from '@pitwall/protocol/api';
import { refusal } from '../http/index.js';
import type { Send } from './commander.js';

/** How long an answer may take, ms; then the command is sent again under the same id. */
const patience = 4000;

/** Sends commands over HTTP with a marshal's token. */
export const sender =
  (token: string): Send =>
  async (race, give) => {
    const response = await fetch(`/api/v1/races/${race}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(give),
      signal: AbortSignal.timeout(patience),
    });
    if (!response.ok) throw await refusal(response);
    return parse(CommandOutcome, await response.json(), 'The desk’s answer');
  };
