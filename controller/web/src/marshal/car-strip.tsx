import type { CarId, GateId } from '@pitwall/protocol';
import {
  batterySaid,
  CarFelt,
  CarSays,
  Chip,
  Chips,
  carSentence,
  linkSaid,
  type Said,
  useHeardCar,
} from '../garage/index.js';
import { useLink } from '../live/index.js';
import { useNow } from '../shell/index.js';
import styles from './marshal.module.css';

interface StripProps {
  readonly car: CarId | null;
  readonly gates: readonly { readonly gate: GateId; readonly ok: boolean; readonly words: string }[];
}

/** What the run depends on, always in the same place: the car as it says itself, its battery, its link, the gates. */
export function CarStrip({ car, gates }: StripProps) {
  const link = useLink();
  const now = useNow(500);
  const controller: Said =
    link.state === 'live'
      ? { words: 'live', tone: 'good' }
      : link.state === 'connecting'
        ? { words: 'connecting', tone: 'unknown' }
        : { words: `no word for ${Math.round(Math.max(0, now - link.since) / 1000)} s`, tone: 'bad' };
  const gateChips = gates.map(({ gate, ok, words }) => (
    <Chip key={gate} name={`Gate ${gate}`} said={{ words, tone: ok ? 'good' : 'bad' }} />
  ));
  return (
    <section className={styles.strip} aria-label="Car, gates and link">
      {car === null ? (
        <>
          <p className={styles.stripSays}>No car is on the track.</p>
          <p className={styles.stripFelt} />
          <Chips>
            {gateChips}
            <Chip name="Controller" said={controller} />
          </Chips>
        </>
      ) : (
        <OneCar key={car} car={car} now={now} unsure={link.state === 'lost'}>
          {gateChips}
          <Chip name="Controller" said={controller} />
        </OneCar>
      )}
    </section>
  );
}

interface OneCarProps {
  readonly car: CarId;
  readonly now: number;
  /** What is shown is what was. */
  readonly unsure: boolean;
  readonly children: React.ReactNode;
}

function OneCar({ car, now, unsure, children }: OneCarProps) {
  const heard = useHeardCar(car);
  const said = carSentence(heard, 'Clear (K)');
  return (
    <>
      <div className={styles.stripSays}>
        <span>Car {car}</span>
        <CarSays said={unsure ? { words: `Nobody knows. Before: ${said.words}`, tone: 'bad' } : said} />
      </div>
      <div className={styles.stripFelt}>
        <CarFelt car={car} />
      </div>
      <Chips>
        <Chip name="Car" said={linkSaid(heard, now)} />
        <Chip name="Battery" said={batterySaid(heard)} />
        {children}
      </Chips>
    </>
  );
}
