import type { CarId } from '@pitwall/protocol';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { forms, StopBar } from '../forms/index.js';
import { Note } from '../shell/index.js';
import { useToken } from '../visitor/index.js';
import { CalibrationDesk } from './calibration-desk.js';
import { CarFelt } from './car-felt.js';
import { CrewToken } from './crew-token.js';
import { DriveDesk } from './drive-desk.js';
import styles from './garage.module.css';
import { RecordingsDesk } from './recordings-desk.js';
import { useOneCar } from './use-garage.js';
import { useGive } from './use-give.js';
import { carWords, isByHand } from './words.js';

const desks = { drive: 'Drive', calibrate: 'Calibrate', recordings: 'Recordings' } as const;
type Desk = keyof typeof desks;

/** One car in the pit crew's hands: driven, calibrated, asked for its recordings. One at a time: a key means this car. */
export default function CarPage({ car }: { readonly car: CarId }) {
  const { token } = useToken();
  if (token === null) return <CrewToken title={car} />;
  return <Workbench key={car} car={car} token={token} />;
}

function Workbench({ car, token }: { readonly car: CarId; readonly token: string }) {
  const about = useOneCar(car);
  const words = carWords(about);
  const [desk, setDesk] = useState<Desk>('drive');
  const { give, said } = useGive(car, token);
  const isAway = words.tone === 'away';
  const isDriven = desk === 'drive' && isByHand(about.state);
  const stop = () => void give({ type: 'e-stop' }, 'Emergency stop');
  useStopKeys(stop, isDriven);
  const Shown = { drive: DriveDesk, calibrate: CalibrationDesk, recordings: RecordingsDesk }[desk];
  return (
    <div className={`${styles.page} ${styles.bench}`}>
      <div className={styles.top}>
        <h1>{car}</h1>
        <p className={styles.state} data-tone={words.tone}>
          {words.state}
        </p>
        <Link href="/cars">All cars</Link>
      </div>
      <div>
        <p className={forms.soft}>{[words.model, words.detail].filter((text) => text !== '').join(' · ')}</p>
        <CarFelt car={car} />
      </div>
      <div className={styles.tabs}>
        {Object.entries(desks).map(([id, name]) => (
          <button
            key={id}
            type="button"
            className={forms.plain}
            aria-pressed={id === desk}
            onClick={() => setDesk(id as Desk)}
          >
            {name}
          </button>
        ))}
      </div>
      {isAway ? (
        <Note title="The car is not there.">What can be done with it is here as soon as it is heard.</Note>
      ) : (
        <Shown about={about} token={token} />
      )}
      <p role="status" className={styles.said}>
        {said}
      </p>
      <StopBar keys={isDriven ? 'F9 Space' : 'F9'} onStop={stop}>
        {car} · {isDriven ? 'space bar, F9' : 'F9'}
      </StopBar>
    </div>
  );
}

/** F9 stops the car from anywhere on the page; so does the space bar while it is driven by hand. */
function useStopKeys(stop: () => void, withSpace: boolean): void {
  const latest = useRef({ stop, withSpace });
  useLayoutEffect(() => {
    latest.current = { stop, withSpace };
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const now = latest.current;
      if (event.repeat || (event.key !== 'F9' && !(event.key === ' ' && now.withSpace))) return;
      event.preventDefault();
      now.stop();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
