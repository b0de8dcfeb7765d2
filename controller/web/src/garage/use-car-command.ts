import type { CarId } from '@pitwall/protocol';
import type { CarOutcome } from '@pitwall/protocol/api';
import type { CarAction } from '@pitwall/protocol/messages';
import { useEffect, useState } from 'react';
import { words } from '../staff-words/index.js';
import { command } from './use-garage.js';
import { sentence } from './words.js';

/** Gives the car a command; undefined where it was not done, and why is then said. */
export type Give = (action: CarAction, what: string) => Promise<CarOutcome | undefined>;

/** How long it is news that something was done, ms; a refusal stays. */
const doneFor = 4000;

/** Commands to a car, and what became of the last one, for people. */
export function useCarCommand(car: CarId, token: string | null): { readonly give: Give; readonly said: string } {
  const [said, setSaid] = useState('');
  const isDone = said.endsWith(': done');
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setSaid(''), doneFor);
    return () => clearTimeout(timer);
  }, [isDone]);
  const give: Give = async (action, what) => {
    if (token === null) return undefined;
    setSaid(`${what} …`);
    try {
      const outcome = await command(car, action, token);
      setSaid(words.garage.done(what));
      return outcome;
    } catch (error) {
      setSaid(`${what}: ${sentence(error)}`);
      return undefined;
    }
  };
  return { give, said };
}
