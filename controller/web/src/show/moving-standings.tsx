import type { RaceState } from '@pitwall/protocol/race';
import { useLayoutEffect, useRef, useState } from 'react';
import { RaceAvatar } from '../race/index.js';
import { gapTime, lapTime } from '../times/index.js';
import { type LiveRow, pageOf } from './live-rows.js';
import styles from './screen.module.css';

/** How long one page of the standings stands, ms. */
const pageMs = 7000;

interface MovingProps {
  readonly state: RaceState;
  readonly rows: readonly LiveRow[];
  /** Of the controller's clock, µs: all screens turn their pages together. */
  readonly at: number;
  readonly label: string;
}

/** Standings whose rows move to their places; where not all have room, they are shown page by page. */
export function MovingStandings({ state, rows, at, label }: MovingProps) {
  const frame = useRef<HTMLOListElement>(null);
  const [size, setSize] = useState({ room: 0, height: 0 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => {
      const row = rowHeight();
      setSize({ room: Math.max(1, Math.floor(element.clientHeight / row)), height: row });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const leader = rows.find(({ score }) => score !== null)?.score ?? null;
  const page = Math.floor(at / 1000 / pageMs);
  // Before it is known how high a row is there is none: it would move there.
  const shown = size.height === 0 ? [] : pageOf(rows, size.room, page);
  // A row moves to its place where it stood on the page before; where the page turns, what is on it is new.
  const turned = rows.length > shown.length ? `${page} ${size.room}` : '';
  return (
    <ol className={styles.moving} ref={frame} aria-label={label} data-testid="moving-standings">
      {shown.map(({ racer, alias, place, score, isNow }, index) => (
        <li
          key={index < 3 ? racer : `${racer} ${turned}`}
          className={styles.row}
          data-now={isNow || undefined}
          data-place={place ?? ''}
          style={{ height: size.height, transform: `translateY(${index * size.height}px)` }}
        >
          <span className={styles.place}>{place ?? '–'}</span>
          <span className={styles.name}>
            <RaceAvatar state={state} racer={racer} size="1.4em" /> {alias}
          </span>
          <span className={styles.gap}>
            {score === null || leader === null || place === 1 ? '' : gapTime(score, leader)}
          </span>
          <span className={styles.score}>{score === null ? '—' : lapTime(score)}</span>
        </li>
      ))}
    </ol>
  );
}

/** A row reads from ten metres on any projector; a screen with more dots has more rows, not larger ones alone. */
function rowHeight(): number {
  return Math.min(84, Math.max(34, window.innerHeight * 0.047));
}
