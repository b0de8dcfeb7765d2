import { isPitwallError } from '@pitwall/protocol';
import type { CarOverview } from '@pitwall/protocol/api';
import type { CalibrationStep, CalibrationView } from '@pitwall/protocol/messages';
import { useEffect, useState } from 'react';
import { forms } from '../forms/index.js';
import { Panel } from '../shell/index.js';
import { CalibrationFiles } from './calibration-files.js';
import { CalibrationPoints } from './calibration-points.js';
import styles from './garage.module.css';
import { command } from './use-garage.js';
import { useLeaving } from './use-hand.js';
import { sentence } from './words.js';

interface DeskProps {
  readonly about: CarOverview;
  readonly token: string;
}

/** Takes a step, and shows what came of it. */
export type TakeStep = (step: CalibrationStep, done?: string) => Promise<void>;

/** Finding a car's pulse widths, live, with its wheels in the air. */
export function CalibrationDesk({ about: { car, state }, token }: DeskProps) {
  const [view, setView] = useState<CalibrationView | null>(null);
  const [isUp, setUp] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [wrong, setWrong] = useState('');
  const [kept, setKept] = useState(0);
  const plain = async (step: CalibrationStep) => await command(car, { type: 'calibrate', step }, token);

  const failed = (error: unknown) => {
    setWrong(sentence(error));
    // The car has ended it: after two minutes without a step, or because somebody stopped it.
    if (isPitwallError(error) && error.code === 'command-refused') setView(null);
  };
  const take: TakeStep = async (step, done = '') => {
    setBusy(true);
    try {
      const { calibration } = await plain(step);
      const ends = ['save', 'cancel', 'restore', 'import'].includes(step.do);
      setView(ends ? null : (calibration ?? null));
      if (ends) setUp(false);
      if (ends) setKept((times) => times + 1);
      setWrong('');
      setSaid(done.replace('VERSION', `${calibration?.version}`));
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };

  const isDisarmed = state?.safety === 'disarmed';
  useEffect(() => {
    if (!isDisarmed) setView(null);
  }, [isDisarmed]);
  useLeaving((gone) => {
    if (view === null) return;
    // Steering that is shown rests, too, when nobody looks; who closes the page is through with it.
    void plain({ do: gone ? 'cancel' : 'rest' }).catch(() => undefined);
  });

  return (
    <Panel title="Calibrate" aside={view === null ? undefined : 'under way'}>
      {view !== null ? (
        <CalibrationPoints
          view={view}
          busy={busy}
          take={take}
          hold={async (point) => void (await plain({ do: 'show', point }))}
          rest={async () => void (await plain({ do: 'rest' }))}
          onLost={failed}
        />
      ) : isDisarmed ? (
        <>
          <p className={styles.about}>
            Lift the car. The wheels will steer, and turn by the motor while you hold its button. Nothing else can move
            it meanwhile; STOP ends it.
          </p>
          <div className={`${forms.fields} ${styles.begin}`}>
            <label className={forms.check}>
              <input type="checkbox" checked={isUp} onChange={({ target }) => setUp(target.checked)} />
              All wheels are in the air
            </label>
            <button
              type="button"
              className={styles.big}
              disabled={!isUp || busy}
              onClick={() => void take({ do: 'begin', wheelsUp: true })}
            >
              {busy ? 'One moment …' : 'Begin'}
            </button>
          </div>
        </>
      ) : (
        <p className={styles.about}>Only a disarmed car can be calibrated: stop it and clear it first.</p>
      )}
      <p role="alert" className={styles.lost}>
        {wrong}
      </p>
      <p role="status" className={styles.said}>
        {said}
      </p>
      {view === null ? (
        <CalibrationFiles car={car} token={token} kept={kept} mayChange={isDisarmed && !busy} take={take} />
      ) : null}
    </Panel>
  );
}
