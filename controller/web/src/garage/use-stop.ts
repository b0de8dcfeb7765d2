import type { CarId } from '@pitwall/protocol';
import type { CarState } from '@pitwall/protocol/messages';
import { useEffect, useState } from 'react';
import { useNow } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { command } from './use-garage.js';
import { sentence } from './words.js';

interface Pressed {
  readonly at: number;
  readonly before: CarState | null;
  readonly refusal: string | null;
}

/** After so long without an answer, ms, nobody waits for it before a stop by hand. */
const patience = 1500;
/** When the stop is given up, ms: the controller itself waits 2 s for the car. */
const lost = 4000;

/** The emergency stop of one car, and why it cannot be relied on; null where it can. */
export function useStop(car: CarId, token: string, state: CarState | null) {
  const [pressed, setPressed] = useState<Pressed | null>(null);
  const now = useNow(250, pressed !== null);
  // What the car says of itself is proof, whatever became of the answer; but not the first word of it that this page hears: it may
  // be of before the press.
  const before = pressed?.before ?? null;
  const stands = before !== null && state?.safety === 'faulted' && state !== before;
  useEffect(() => {
    if (stands) setPressed(null);
    else if (state !== null) setPressed((last) => (last?.before === null ? { ...last, before: state } : last));
  }, [stands, state]);
  const press = () => {
    const mine: Pressed = { at: performance.now(), before: state, refusal: null };
    setPressed(mine);
    command(car, { type: 'e-stop' }, token, lost).then(
      () => setPressed((last) => (last === mine ? null : last)),
      (error: unknown) => setPressed((last) => (last === mine ? { ...mine, refusal: sentence(error) } : last)),
    );
  };
  const isLate = pressed !== null && now - pressed.at > patience;
  const doubt =
    pressed === null || stands ? null : (pressed.refusal ?? (isLate ? words.garage.carCarNoAnswerYet(car) : null));
  return { press, doubt, dismiss: () => setPressed(null) };
}
