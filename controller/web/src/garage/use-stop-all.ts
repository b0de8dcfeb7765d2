import { parse } from '@pitwall/protocol';
import { StopOutcome } from '@pitwall/protocol/api';
import { useEffect, useState } from 'react';
import { ask } from '../http/index.js';
import { useLiveClient } from '../live/index.js';
import { useNow } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { sentence } from './words.js';

export interface StopOfAll {
  /** Null: pressed, and the controller has not said anything yet. */
  readonly stop: StopOutcome | null;
  /** Why nobody knows whether it was sent; null where somebody does. */
  readonly doubt: string | null;
}

/** After so long without a word, ms, nobody waits for it before a stop by hand. */
const patience = 1500;
/** The controller answers after some two seconds, when every car has answered or is silent. */
const lost = 5000;

/** The stop of all cars: pressed here or elsewhere, by a key or a button at the track. `token` is of who may press. */
export function useStopAll(token: string | null) {
  const client = useLiveClient();
  const [stop, setStop] = useState<StopOutcome | null>(null);
  const [pressed, setPressed] = useState<{ readonly at: number; readonly refusal: string | null } | null>(null);
  const now = useNow(250, pressed !== null);
  useEffect(
    () =>
      client.listen((message) => {
        if (message.type === 'stop-all') setStop(message.stop);
      }),
    [client],
  );
  const press = () => {
    if (token === null) return;
    const mine = { at: performance.now(), refusal: null };
    setPressed(mine);
    setStop(null);
    ask('/api/v1/cars/stop', { method: 'POST', token, signal: AbortSignal.timeout(lost), keepalive: true })
      .then(async (answer) => {
        setStop(parse(StopOutcome, await answer.json(), 'The answer'));
        setPressed((last) => (last === mine ? null : last));
      })
      .catch((error: unknown) => setPressed((last) => (last === mine ? { ...mine, refusal: sentence(error) } : last)));
  };
  const isLate = pressed !== null && stop === null && now - pressed.at > patience;
  const refusal = pressed?.refusal ?? null;
  const shown: StopOfAll | null =
    pressed === null && stop === null
      ? null
      : { stop, doubt: refusal ?? (isLate ? words.common.theControllerDoesNotAnswer : null) };
  return {
    press,
    shown,
    dismiss: () => {
      setPressed(null);
      setStop(null);
    },
  };
}
