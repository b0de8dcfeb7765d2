import type { Sha256 } from '@pitwall/protocol';
import type { CarOverview, UploadedModel } from '@pitwall/protocol/api';
import type { CarAction } from '@pitwall/protocol/messages';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { forms } from '../forms/index.js';
import { Panel } from '../shell/index.js';
import { CarFelt } from './car-felt.js';
import { CarSays, Chip, Chips } from './car-status.js';
import { batterySaid, carSentence } from './car-words.js';
import styles from './garage.module.css';
import { useGive } from './use-give.js';
import { detailWords, isAway, modelWords } from './words.js';

interface CarPanelProps {
  readonly about: CarOverview;
  readonly models: readonly UploadedModel[];
  /** Without one there is nothing to press. */
  readonly token: string | null;
}

/** One car: how it is, what it carries, and what the crew does with it. */
export function CarPanel({ about, models, token }: CarPanelProps) {
  const { car, state } = about;
  const { give, said } = useGive(car, token);
  const button = (label: string, action: CarAction, what = label) => (
    <button type="button" key={label} className={forms.small} onClick={() => void give(action, what)}>
      {label}
    </button>
  );
  const battery = batterySaid(about);
  return (
    <Panel title={car} aside={detailWords(about)}>
      <CarSays said={carSentence(about)} />
      <p>{modelWords(about)}</p>
      {battery.tone === 'unknown' && battery.words === 'not told' ? null : (
        <Chips>
          <Chip name="Battery" said={battery} />
        </Chips>
      )}
      {token === null || isAway(about) ? null : (
        <>
          <Carried about={about} models={models} button={button} />
          <div className={forms.choices}>
            <label className={forms.inline}>
              Throttle
              <select
                value={String(state?.throttleScale ?? 100)}
                onChange={({ target }) =>
                  void give({ type: 'throttle-scale', percent: Number(target.value) }, `throttle ${target.value} %`)
                }
              >
                {scales(state?.throttleScale ?? 100).map((percent) => (
                  <option key={percent} value={String(percent)}>
                    {percent} %
                  </option>
                ))}
              </select>
            </label>
            {button('Identify', { type: 'identify', seconds: 10 })}
            {button('Light on', { type: 'light', colour: { red: 1, green: 1, blue: 1 } })}
            {button('Light off', { type: 'light', colour: null })}
            {button('Clear', { type: 'clear' })}
            {button('Restart agent', { type: 'restart' })}
          </div>
          <Link href={`/cars/${car}`} className={`${forms.primary} ${styles.bring}`}>
            Drive, calibrate, recordings
          </Link>
          <button
            type="button"
            className={`${forms.stop} ${styles.stopCar}`}
            aria-label={`STOP ${car}`}
            onClick={() => void give({ type: 'e-stop' }, 'emergency stop')}
          >
            STOP
          </button>
        </>
      )}
      <CarFelt car={car} />
      <p role="status">{said}</p>
    </Panel>
  );
}

function scales(now: number): number[] {
  return [...new Set([20, 30, 40, 50, 60, 70, 80, 90, 100, now])].sort((a, b) => a - b);
}

interface CarriedProps {
  readonly about: CarOverview;
  readonly models: readonly UploadedModel[];
  readonly button: (label: string, action: CarAction, what?: string) => ReactNode;
}

/** The models on board, to load or delete; those that are not, to stage. */
function Carried({ about: { state }, models, button }: CarriedProps) {
  const [wanted, setWanted] = useState('');
  const carried = state?.models;
  if (carried === undefined) return <p>It keeps no models: its configuration has no models.folder.</p>;
  const others = models.filter(({ hash }) => !carried.some((one) => one.hash === hash));
  const chosen = others.find(({ hash }) => hash === wanted) ?? others[0];
  return (
    <>
      <ul className={forms.rows}>
        {carried.map(({ hash, name, state: is }) => (
          <li key={hash}>
            <b>{name}</b>
            <span className={`${forms.grow} ${forms.soft}`}>
              {hash.slice(0, 8)}
              {is === 'staging' ? ' · being staged …' : ''}
            </span>
            {is === 'staging' || state?.model?.hash === hash ? null : (
              <>
                {button('Load', { type: 'load', hash }, `load ${name}`)}
                {button('Delete', { type: 'delete-model', hash }, `delete ${name}`)}
              </>
            )}
          </li>
        ))}
      </ul>
      {state?.refusedModels === undefined ? null : (
        <ul className={forms.rows} aria-label="Refused on its stick">
          {state.refusedModels.map(({ file, message }) => (
            <li key={file} className={styles.refused}>
              <b>{file}</b>
              <span className={forms.grow}>{message}</span>
            </li>
          ))}
        </ul>
      )}
      {chosen === undefined ? null : (
        <div className={forms.choices}>
          <label className={forms.inline}>
            Stage
            <select value={chosen.hash} onChange={({ target }) => setWanted(target.value as Sha256)}>
              {others.map(({ hash, name }) => (
                <option key={hash} value={hash}>
                  {name} ({hash.slice(0, 8)})
                </option>
              ))}
            </select>
          </label>
          {button(
            'Stage',
            { type: 'stage', hash: chosen.hash, name: chosen.name, bytes: chosen.bytes },
            `stage ${chosen.name}`,
          )}
        </div>
      )}
    </>
  );
}
