import { type ReactNode, useEffect, useRef } from 'react';
import styles from './forms.module.css';

interface StopByHandProps {
  /** Which cars. */
  readonly what: string;
  /** Why it cannot be relied on that they stop. */
  readonly why: readonly string[];
  readonly onDismiss: () => void;
  /** More to read. */
  readonly list?: ReactNode;
  /** More to press. */
  readonly children?: ReactNode;
}

/** A stop that nobody can rely on: the whole page says so, until the car is known to stand or a person has seen to it. */
export function StopByHand({ what, why, onDismiss, list, children }: StopByHandProps) {
  const box = useRef<HTMLDivElement>(null);
  // Keys mean this and nothing behind it; no button has the focus, so that Enter, pressed blindly, takes nothing away.
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} className={styles.byHand} role="alertdialog" aria-label={`Stop ${what} by hand`} tabIndex={-1}>
      <strong>STOP {what} BY HAND</strong>
      {why.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {list}
      <div className={styles.choices}>
        {children}
        <button type="button" onClick={onDismiss}>
          It stands: show the page
        </button>
      </div>
    </div>
  );
}
