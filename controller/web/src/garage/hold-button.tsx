import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import styles from './hand-driving.module.css';
import type { HoldParts } from './hold-to-run.js';
import { useHoldToRun } from './use-hold-to-run.js';

interface HoldProps extends Pick<HoldParts, 'renew' | 'letGo' | 'onLost'> {
  readonly children: ReactNode;
}

/** Between two renewals, ms; the car waits for 500. */
const every = 150;

/** Works while a finger, the mouse, or the space bar on it holds. */
export function HoldButton({ renew, letGo, onLost, children }: HoldProps) {
  const [isHeld, setHeld] = useState(false);
  const hand = useHoldToRun({
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
    <Button
      className={styles.hold}
      size="xl"
      fullWidth
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
    </Button>
  );
}
