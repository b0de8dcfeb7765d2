import { parse } from '@pitwall/protocol';
import { CommandOutcome } from '@pitwall/protocol/api';
import { ask } from '../http/index.js';
import type { Send } from './commander.js';

/** How long an answer may take, ms; then the command is sent again under the same id. */
const patience = 4000;

/** Sends commands over HTTP in a marshal's name. */
export const sender =
  (token: string): Send =>
  async (race, give) => {
    const signal = AbortSignal.timeout(patience);
    const response = await ask(`/api/v1/races/${race}/commands`, { method: 'POST', token, body: give, signal });
    return parse(CommandOutcome, await response.json(), 'The desk’s answer');
  };
