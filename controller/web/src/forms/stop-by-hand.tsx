import { Button, Group, Paper } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { words } from '../words/index.js';
import styles from './stop.module.css';

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

/** What became of stops, one car a line; the missing ones in the largest type. */
export const StopAnswers = ({ children }: { readonly children: ReactNode }) => (
  <ul style={{ listStyle: 'none', margin: 0, padding: 0, width: '100%', columns: '22rem' }} data-testid="stop-answers">
    {children}
  </ul>
);

/** A stop is on its way. */
export const StopSent = ({ children }: { readonly children: ReactNode }) => (
  <Paper
    pos="fixed"
    top={0}
    left={0}
    right={0}
    radius={0}
    p="lg"
    bg="var(--alarm)"
    c="var(--on-alarm)"
    ta="center"
    fz="2rem"
    fw={850}
    style={{ zIndex: 390 }}
    role="status"
  >
    {children}
  </Paper>
);

/** Every car is known to stand. */
export const StopDone = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <div className={styles.cover} data-done role="alertdialog" aria-label={words.common.allCarsStand}>
    <strong>{title}</strong>
    {children}
  </div>
);

/** A stop that nobody can rely on: the whole page says so, until the car is known to stand or a person has seen to it. */
export function StopByHand({ what, why, onDismiss, list, children }: StopByHandProps) {
  const box = useRef<HTMLDivElement>(null);
  // Keys mean this and nothing behind it; no button has the focus, so that Enter, pressed blindly, takes nothing away.
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} className={styles.cover} role="alertdialog" aria-label={words.forms.stopByHand(what)} tabIndex={-1}>
      <strong>{words.forms.stopWhatByHand(what)}</strong>
      {why.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {list}
      <Group>
        {children}
        <Button variant="transparent" size="lg" fz="1.3rem" fw={800} onClick={onDismiss}>
          {words.forms.itStandsShowThePage}
        </Button>
      </Group>
    </div>
  );
}
