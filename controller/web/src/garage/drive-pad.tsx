import { type PointerEvent, useState } from 'react';
import { type Wanted, wantedAt } from './drive-keys.js';
import styles from './hand-driving.module.css';

/** What each side means. */
const sides = [
  ['forward', { marginTop: 0 }],
  ['left', { marginLeft: 0 }],
  ['right', { marginRight: 0 }],
  ['back', { marginBottom: 0 }],
] as const;

interface PadProps {
  /** The most throttle, a share. */
  readonly top: number;
  /** What a hand wants now, by finger or by key. */
  readonly shown: Wanted;
  readonly onDrive: (wanted: Wanted) => void;
  readonly onLetGo: () => void;
}

/** For a finger: up is forward, and left is left. It drives only while the finger is on it. */
export function DrivePad({ top, shown, onDrive, onLetGo }: PadProps) {
  const [isHeld, setHeld] = useState(false);
  const move = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) => {
    const { left, width, top: upper, height } = currentTarget.getBoundingClientRect();
    // A finger's width before the edge is all already.
    const share = (at: number, from: number, size: number) => ((at - from) / size - 0.5) / 0.42;
    setHeld(true);
    onDrive(wantedAt(share(clientX, left, width), share(clientY, upper, height), top));
  };
  const end = () => {
    if (!isHeld) return;
    setHeld(false);
    onLetGo();
  };
  const { steering, throttle } = shown;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for fingers; keys do the same
    <div
      className={styles.pad}
      data-testid="pad"
      data-held={isHeld}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={(event) => {
        if (isHeld) move(event);
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onLostPointerCapture={end}
      onContextMenu={(event) => event.preventDefault()}
    >
      {sides.map(([name, place]) => (
        <span key={name} style={place}>
          {name}
        </span>
      ))}
      <i style={{ left: `${50 - 38 * steering}%`, top: `${50 - (38 * throttle) / top}%` }} />
    </div>
  );
}
