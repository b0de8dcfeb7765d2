import { useEffect, useLayoutEffect, useRef } from 'react';
import { type ActionId, keys } from './actions.js';

const actionOfKey = new Map(Object.entries(keys).map(([id, key]) => [key, id as ActionId]));
/** Stops the car from anywhere, also while a reason is being written. */
export const stopKey = 'F9';

interface Pressed {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Where the key was pressed: keys that are written, and keys that press what has the focus, are left alone. */
export type Focus = 'text' | 'button' | 'page';

/** What a key means on the marshal's page. A key that is held down means nothing more. */
export function actionOf(event: Pressed, focus: Focus): ActionId | undefined {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === stopKey) return 'e-stop';
  if (focus === 'text') return undefined;
  const key = event.key.toLowerCase();
  if (focus === 'button' && (key === 'enter' || key === ' ')) return undefined;
  return actionOfKey.get(key);
}

function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('input:not([type="checkbox"]), textarea, select')) return 'text';
  return target.matches('button, a, summary, input') ? 'button' : 'page';
}

/** Listens to the marshal's keys. */
export function useKeys(onAction: (id: ActionId) => void): void {
  const latest = useRef(onAction);
  // Before anyone sees what is drawn: a key means what the page shows.
  useLayoutEffect(() => {
    latest.current = onAction;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const id = actionOf(event, focusOf(event.target));
      if (id === undefined) return;
      event.preventDefault();
      latest.current(id);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
