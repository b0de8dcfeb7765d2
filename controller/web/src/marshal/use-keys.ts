import { useEffect, useLayoutEffect, useRef } from 'react';
import { type Focus, focusOf } from '../shell/index.js';
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
  readonly shiftKey: boolean;
}

/** Nobody writes in a list to choose from, and it keeps the focus once something was chosen: a stop is one there too. */
const stopsFromList: ReadonlySet<ActionId | undefined> = new Set(['e-stop', 'stop-all']);

/** What a key means on the marshal's page. A key that is held down means nothing more. */
export function actionOf(event: Pressed, focus: Focus): ActionId | undefined {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === stopKey) return 'e-stop';
  if (focus === 'text') return undefined;
  const key = event.key.toLowerCase();
  if (focus === 'button' && (key === 'enter' || key === ' ')) return undefined;
  const id = (event.shiftKey ? actionOfKey.get(`shift+${key}`) : undefined) ?? actionOfKey.get(key);
  return focus === 'list' && !stopsFromList.has(id) ? undefined : id;
}

/** Enter leaves a field that belongs to no form; Escape leaves every one, on every page. */
function leaveField({ key, target }: KeyboardEvent): void {
  const isDone = key === 'Enter' && target instanceof HTMLInputElement && target.form === null;
  if (isDone && focusOf(target) === 'text') target.blur();
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
      leaveField(event);
      const id = actionOf(event, focusOf(event.target));
      if (id === undefined) return;
      event.preventDefault();
      latest.current(id);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
