import { CalibrationPoint, type CalibrationView } from '@pitwall/protocol/messages';
import { useState } from 'react';
import { forms } from '../forms/index.js';
import type { TakeStep } from './calibration-desk.js';
import styles from './garage.module.css';
import { HoldButton } from './hold-button.js';
import { microseconds, pointWords } from './words.js';

interface PointsProps {
  readonly view: CalibrationView;
  readonly busy: boolean;
  readonly take: TakeStep;
  /** The motor is shown the point for half a second. */
  readonly hold: (point: CalibrationPoint) => Promise<void>;
  readonly rest: () => Promise<void>;
  readonly onLost: (error: Error) => void;
}

/** ns */
const moves = [
  [-10_000, '− 10'],
  [-1000, '− 1'],
  [1000, '+ 1'],
  [10_000, '+ 10'],
] as const;

const order = CalibrationPoint.options;
const outputOf = (point: CalibrationPoint) => (order.indexOf(point) < 3 ? 'steering' : 'motor');

/** Point after point: shown, moved until it is right, the next. */
export function CalibrationPoints({ view, busy, take, hold, rest, onLost }: PointsProps) {
  const [point, setPoint] = useState<CalibrationPoint>('center');
  const output = outputOf(point);
  const { name, until } = pointWords[point];
  const next = order[order.indexOf(point) + 1];
  const go = (to: CalibrationPoint) => {
    setPoint(to);
    // The wheels may turn by themselves to be looked at; the motor waits for a hand.
    void take(outputOf(to) === 'steering' ? { do: 'show', point: to } : { do: 'rest' });
  };
  return (
    <>
      <div className={styles.points}>
        {order.map((one) => (
          <button key={one} type="button" className={forms.plain} aria-pressed={one === point} onClick={() => go(one)}>
            {pointWords[one].name} <small>{microseconds(view.points[one])}</small>
          </button>
        ))}
      </div>
      <p className={styles.point}>
        {name} <b data-testid="pulse">{microseconds(view.points[point])}</b>
        <small>Move it until {until}.</small>
      </p>
      <fieldset className={styles.moves} disabled={busy}>
        <legend>Move it by µs</legend>
        {moves.map(([by, label]) => (
          <button key={by} type="button" className={forms.plain} onClick={() => void take({ do: 'nudge', point, by })}>
            {label}
          </button>
        ))}
      </fieldset>
      {output === 'motor' ? (
        <HoldButton renew={() => hold(point)} letGo={rest} onLost={onLost}>
          {point === 'stop' ? 'Hold: the motor must stand' : `Hold: the motor turns (${name.toLowerCase()}, 30 %)`}
        </HoldButton>
      ) : (
        <button type="button" className={styles.big} disabled={busy} onClick={() => go(point)}>
          Show it again
        </button>
      )}
      <div className={forms.choices}>
        <button type="button" className={forms.plain} disabled={busy} onClick={() => void take({ do: 'flip', output })}>
          {output === 'motor' ? 'Turns the wrong way: swap forward and reverse' : 'Wrong side: swap left and right'}
        </button>
        <span className={forms.soft} data-testid="polarity">
          polarity {view.polarity[output]}
        </span>
      </div>
      <div className={`${forms.choices} ${styles.ends}`}>
        {next === undefined ? null : (
          <button type="button" className={styles.big} onClick={() => go(next)}>
            Next: {pointWords[next].name}
          </button>
        )}
        <button
          type="button"
          className={next === undefined ? styles.big : forms.plain}
          disabled={busy}
          onClick={() => void take({ do: 'save' }, 'Saved as version VERSION, and in force.')}
        >
          Save
        </button>
        <button
          type="button"
          className={forms.plain}
          disabled={busy}
          onClick={() => void take({ do: 'cancel' }, 'Nothing was saved.')}
        >
          Leave without saving
        </button>
      </div>
    </>
  );
}
