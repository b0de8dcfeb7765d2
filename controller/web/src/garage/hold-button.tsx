import { type ReactNode, useState } from 'react';
import styles from './garage.module.css';
import type { HandParts } from './hand.js';
import { useHand } from './use-hand.js';

interface HoldProps extends Pick<HandParts, 'renew' | 'letGo' | 'onLost'> {
  readonly children: ReactNode;
}

/** Between two renewals, ms; the car waits for 500. */
const every = 150;

/** Works while a finger, the mouse, or the space bar on it holds. */
export function HoldButton({ renew, letGo, onLost, children }: HoldProps) {
  const [isHeld, setHeld] = useState(false);
  const hand = useHand({
    every,
    renew,
    onLost,
    letGo: async () => {
      setHeld(false);
      await letGo();
    },
  });
  const take = () => {
    setHeld(true);
    hand.take();
  };
  const isKey = (key: string) => key === ' ' || key === 'Enter';
  return (
    <button
      type="button"
      className={styles.hold}
      data-held={isHeld}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        take();
      }}
      onPointerUp={() => hand.release()}
      onPointerCancel={() => hand.release()}
      onLostPointerCapture={() => hand.release()}
      onKeyDown={(event) => {
        if (!isKey(event.key)) return;
        event.preventDefault();
        if (!event.repeat) take();
      }}
      onKeyUp={({ key }) => {
        if (isKey(key)) hand.release();
      }}
      onBlur={() => hand.release()}
      onContextMenu={(event) => event.preventDefault()}
    >
      {children}
    </button>
  );
}
