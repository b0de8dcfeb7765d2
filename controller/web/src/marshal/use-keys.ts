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
  readonly shiftKey: boolean;
}

/** Where the key was pressed: keys that are written, and keys that press or choose what has the focus, are left alone. */
export type Focus = 'text' | 'list' | 'button' | 'page';

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

function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('select')) return 'list';
  if (target.matches('input:not([type="checkbox"]), textarea')) return 'text';
  return target.matches('button, a, summary, input') ? 'button' : 'page';
}

/**
 * What a finger or the mouse pressed loses the focus, so that Enter and the space bar are the marshal's keys again and do not press
 * it once more. Who presses with the keyboard (`detail` is 0 then) keeps it.
 */
function releaseClicked({ detail }: MouseEvent): void {
  const pressed = document.activeElement;
  if (detail > 0 && pressed instanceof HTMLElement && focusOf(pressed) === 'button') pressed.blur();
}

/** Leaves a field: Escape any, Enter one that belongs to no form. */
function leaves({ key, target }: KeyboardEvent): HTMLElement | undefined {
  const focus = focusOf(target);
  if (!(target instanceof HTMLElement) || (focus !== 'text' && focus !== 'list')) return undefined;
  const isDone = key === 'Enter' && target instanceof HTMLInputElement && target.form === null;
  return key === 'Escape' || isDone ? target : undefined;
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
      leaves(event)?.blur();
      const id = actionOf(event, focusOf(event.target));
      if (id === undefined) return;
      event.preventDefault();
      latest.current(id);
    };
    window.addEventListener('keydown', listen);
    window.addEventListener('click', releaseClicked);
    return () => {
      window.removeEventListener('keydown', listen);
      window.removeEventListener('click', releaseClicked);
    };
  }, []);
}
