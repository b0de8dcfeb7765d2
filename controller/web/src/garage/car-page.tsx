import type { CarId } from '@pitwall/protocol';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { forms, StopBar, StopByHand } from '../forms/index.js';
import { useLink } from '../live/index.js';
import { Note, useNow } from '../shell/index.js';
import { CalibrationDesk } from './calibration-desk.js';
import { CarFelt } from './car-felt.js';
import { CarSays, Chip, Chips } from './car-status.js';
import { batterySaid, carSentence, linkSaid } from './car-words.js';
import { DriveDesk } from './drive-desk.js';
import { ForCrew } from './for-crew.js';
import styles from './garage.module.css';
import { RecordingsDesk } from './recordings-desk.js';
import { useGive } from './use-give.js';
import { useHeardCar } from './use-heard-car.js';
import { useStop } from './use-stop.js';
import { detailWords, isAway, isByHand, modelWords } from './words.js';

const desks = { drive: 'Drive', calibrate: 'Calibrate', recordings: 'Recordings' } as const;
type Desk = keyof typeof desks;

/** One car in the pit crew's hands: driven, calibrated, asked for its recordings. One at a time: a key means this car. */
export default function CarPage({ car }: { readonly car: CarId }) {
  return <ForCrew title={car}>{(token) => <Workbench key={car} car={car} token={token} />}</ForCrew>;
}

function Workbench({ car, token }: { readonly car: CarId; readonly token: string }) {
  const about = useHeardCar(car);
  const link = useLink();
  const now = useNow(500);
  const [desk, setDesk] = useState<Desk>('drive');
  const { give, said } = useGive(car, token);
  const away = isAway(about);
  const isDriven = desk === 'drive' && isByHand(about.state);
  const safety = about.state?.safety;
  const isStuck = !away && (safety === 'faulted' || (safety === 'stopped' && !isDriven));
  const stop = useStop(car, token, about.state);
  const isDead = link.state === 'lost';
  const [seenTo, setSeenTo] = useState<number | null>(null);
  const mayMove = !away && safety !== 'disarmed' && safety !== 'faulted';
  const why = [
    ...(stop.doubt === null ? [] : [stop.doubt]),
    ...(isDead && mayMove && seenTo !== link.since
      ? ['No word from the controller: nobody knows whether a stop arrives. F9 is sent all the same.']
      : []),
  ];
  useStopKeys(stop.press, isDriven);
  const Shown = { drive: DriveDesk, calibrate: CalibrationDesk, recordings: RecordingsDesk }[desk];
  const is = carSentence(about);
  return (
    <div className={`${styles.page} ${styles.bench}`}>
      <div className={styles.top}>
        <h1>{car}</h1>
        <CarSays said={isDead ? { words: `Nobody knows. Before: ${is.words}`, tone: 'bad' } : is} />
        <Link href="/cars">All cars</Link>
      </div>
      <div>
        <Chips>
          <Chip name="Car" said={linkSaid(about, now)} />
          <Chip name="Battery" said={batterySaid(about)} />
        </Chips>
        <p className={forms.soft}>
          {[modelWords(about), detailWords(about)].filter((text) => text !== '').join(' · ')}
        </p>
        <CarFelt car={car} />
        <p role="status" className={styles.said}>
          {said}
        </p>
        {isStuck ? (
          <button type="button" className={styles.big} onClick={() => void give({ type: 'clear' }, 'Clear')}>
            Clear
          </button>
        ) : null}
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
      {away ? (
        <Note title="The car is not there.">What can be done with it is here as soon as it is heard.</Note>
      ) : (
        <Shown about={about} token={token} />
      )}
      <StopBar keys={isDriven ? 'F9 Space' : 'F9'} byHand={isDead} onStop={stop.press}>
        {car} · {isDriven ? 'space bar, F9' : 'F9'}
      </StopBar>
      {why.length === 0 ? null : (
        <StopByHand
          what={car}
          why={why}
          onDismiss={() => {
            stop.dismiss();
            setSeenTo(isDead ? link.since : null);
          }}
        >
          <button type="button" onClick={stop.press}>
            Send the stop again (F9)
          </button>
        </StopByHand>
      )}
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
