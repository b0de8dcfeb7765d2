import { useEffect } from 'react';

/** Where the focus is: keys that are written, and keys that press or choose what has the focus, are left alone. */
export type Focus = 'text' | 'list' | 'button' | 'page';

export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('select')) return 'list';
  if (target.matches('input:not([type="checkbox"]), textarea')) return 'text';
  return target.matches('button, a, summary, input') ? 'button' : 'page';
}

/**
 * What a finger or the mouse pressed loses the focus, so that Enter and the space bar do not press it once more, and are the page's
 * keys again. Who presses with the keyboard (`detail` is 0 then) keeps it.
 */
function releaseClicked({ detail }: MouseEvent): void {
  const pressed = document.activeElement;
  if (detail > 0 && pressed instanceof HTMLElement && focusOf(pressed) === 'button') pressed.blur();
}

/** Escape leaves a field. */
function leaveField({ key, target }: KeyboardEvent): void {
  const isField = ['text', 'list'].includes(focusOf(target));
  if (key === 'Escape' && isField && target instanceof HTMLElement) target.blur();
}

/** On every page: Enter never repeats a button that was clicked, and Escape leaves every field. */
export function useFocusRules(): void {
  useEffect(() => {
    window.addEventListener('click', releaseClicked);
    window.addEventListener('keydown', leaveField);
    return () => {
      window.removeEventListener('click', releaseClicked);
      window.removeEventListener('keydown', leaveField);
    };
  }, []);
}
