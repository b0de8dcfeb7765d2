import { type PointerEvent, useState } from 'react';
import { atRest, type Wanted, wantedAt } from './drive-keys.js';
import styles from './garage.module.css';

interface PadProps {
  /** The most throttle, a share. */
  readonly top: number;
  readonly onDrive: (wanted: Wanted) => void;
  readonly onLetGo: () => void;
}

/** For a finger: up is forward, and left is left. It drives only while the finger is on it. */
export function DrivePad({ top, onDrive, onLetGo }: PadProps) {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const move = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) => {
    const { left, width, top: upper, height } = currentTarget.getBoundingClientRect();
    // A finger's width before the edge is all already.
    const share = (at: number, from: number, size: number) => ((at - from) / size - 0.5) / 0.42;
    const next = wantedAt(share(clientX, left, width), share(clientY, upper, height), top);
    setWanted(next);
    onDrive(next);
  };
  const end = () => {
    if (wanted === null) return;
    setWanted(null);
    onLetGo();
  };
  const { steering, throttle } = wanted ?? atRest;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for fingers; keys do the same
    <div
      className={styles.pad}
      data-testid="pad"
      data-held={wanted !== null}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={(event) => {
        if (wanted !== null) move(event);
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onLostPointerCapture={end}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span>forward</span>
      <span>left</span>
      <span>right</span>
      <span>back</span>
      <i style={{ left: `${50 - 38 * steering}%`, top: `${50 - (38 * throttle) / top}%` }} />
    </div>
  );
}
