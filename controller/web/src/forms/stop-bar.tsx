import type { ReactNode } from 'react';
import { words } from '../words/index.js';
import styles from './stop.module.css';

interface StopBarProps {
  /** What it stops, and by which keys. */
  readonly children: ReactNode;
  readonly keys: string;
  readonly disabled?: boolean;
  /** Nobody knows whether it arrives. */
  readonly byHand?: boolean;
  readonly onStop: () => void;
  /** Stops every car there is, not only this one. */
  readonly onStopAll?: () => void;
}

/** How every car is stopped; on the desk by a key too. */
export function StopAllButton({ keys, onStopAll }: { readonly keys?: string; readonly onStopAll: () => void }) {
  return (
    <button
      type="button"
      data-action="stop-all"
      className={`${styles.stop} ${styles.all}`}
      aria-keyshortcuts={keys}
      onClick={() => onStopAll()}
    >
      {words.forms.stopAllCars}
      <small>{keys ?? words.forms.everyCarThatWasEver}</small>
    </button>
  );
}

/** The emergency stop: always there, always in the same place, as wide as the page. */
export function StopBar({ children, keys, disabled, byHand = false, onStop, onStopAll }: StopBarProps) {
  return (
    <div className={styles.bar}>
      <button
        type="button"
        data-action="e-stop"
        className={styles.stop}
        disabled={disabled}
        aria-keyshortcuts={keys}
        onClick={() => onStop()}
      >
        {byHand ? words.forms.stopItByHand : words.common.stop}
        <small>
          {byHand ? words.forms.noWordFromTheController : ''}
          {children}
        </small>
      </button>
      {onStopAll === undefined ? null : <StopAllButton keys="Shift+E" onStopAll={onStopAll} />}
    </div>
  );
}
