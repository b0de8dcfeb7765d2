import type { EventShow } from '@pitwall/protocol/api';
import type { RaceState, RunState, Stamp } from '@pitwall/protocol/race';
import { type ReactNode, useEffect, useState } from 'react';
import { QrCode } from '../qr/index.js';
import { aliasOf, countryOf, LapStrip, podiumOf, RaceAvatar, RunHero } from '../race/index.js';
import { words } from '../show-words/index.js';
import { lapTime, waitText } from '../times/index.js';
import { Flag } from './flag.js';
import { liveRows } from './live-rows.js';
import { MovingStandings } from './moving-standings.js';
import { outlookNow, outlookText } from './outlook-line.js';
import styles from './screen.module.css';
import { lastFinished, onTrack, type Shown } from './show-race.js';
import { picturePath } from './use-show.js';

export interface SceneProps {
  readonly state: RaceState;
  readonly show: EventShow;
  readonly now: Stamp | null;
  /** Where phones in the hall look; null: at the address of this page. */
  readonly hallUrl: string | null;
}

const scenes: Readonly<Record<Shown, (props: SceneProps) => ReactNode>> = {
  run: RunScene,
  laps: LapsScene,
  standings: StandingsScene,
  next: NextScene,
  spotlight: SpotlightScene,
  podium: PodiumScene,
  pictures: PicturesScene,
  nothing: () => null,
};

/** One thing that a hall looks at. */
export function SceneView({ scene, ...props }: SceneProps & { readonly scene: Shown }) {
  const One = scenes[scene];
  return (
    <section className={styles.scene} data-scene={scene} aria-label={words.show.sceneNames[scene]}>
      <One {...props} />
    </section>
  );
}

/** Who drives, or drove last. */
const shownRun = (state: RaceState): RunState | undefined => onTrack(state) ?? lastFinished(state, null)?.run;

function RunScene({ state, show, now }: SceneProps) {
  const run = shownRun(state);
  return (
    <div className={styles.two}>
      <div>
        {run === undefined ? null : (
          <>
            <div className={styles.card} style={{ zoom: 1.06 }}>
              <RunHero run={run} state={state} />
            </div>
            <OutlookCard run={run} state={state} now={now} />
            <LapStrip run={run} state={state} />
            <NextCard state={state} most={2} />
            <div style={{ marginTop: 'auto' }}>
              <Sponsors show={show} />
            </div>
          </>
        )}
      </div>
      <div>
        <div className={`${styles.card} ${styles.fill}`}>
          <h2 className={styles.label}>{words.show.standings}</h2>
          <MovingStandings state={state} rows={liveRows(state, run)} at={now?.at ?? 0} label={words.show.standings} />
        </div>
      </div>
    </div>
  );
}

function OutlookCard({
  run,
  state,
  now,
}: {
  readonly run: RunState;
  readonly state: RaceState;
  readonly now: Stamp | null;
}) {
  const outlook = outlookNow(state, run, now);
  if (outlook === null) return null;
  const { place, score, range, gap, laps } = outlookText(outlook, state, run);
  return (
    <div className={`${styles.card} ${styles.outlook}`} data-testid="outlook">
      <p className={styles.label}>{words.show.projected}</p>
      <strong>{place}</strong>
      <strong>{score}</strong>
      <span>{range}</span>
      <span>{gap}</span>
      <span>{laps}</span>
    </div>
  );
}

function NextCard({ state, most }: { readonly state: RaceState; readonly most: number }) {
  if (state.queue.length === 0) return null;
  return (
    <div className={`${styles.card} ${styles.fill}`} style={{ flex: 'none' }}>
      <h2 className={styles.label}>
        {words.show.nextUp}
        {state.queue.length > most ? ` · ${words.show.waiting(state.queue.length)}` : ''}
      </h2>
      <ol className={styles.next} style={{ fontSize: '1.35rem' }}>
        <QueueRows state={state} most={most} />
      </ol>
    </div>
  );
}

const QueueRows = ({ state, most }: { readonly state: RaceState; readonly most: number }) => (
  <>
    {state.queue.slice(0, most).map(({ racer, wait }, index) => (
      <li key={racer}>
        <span>{index + 1}</span>
        <span>
          <RaceAvatar state={state} racer={racer} size="1.2em" /> <Flag country={countryOf(state, racer)} />{' '}
          {aliasOf(state, racer)}
        </span>
        <span>{wait === null ? '' : waitText(wait)}</span>
      </li>
    ))}
  </>
);

function LapsScene({ state, now }: SceneProps) {
  const run = shownRun(state);
  if (run === undefined) return null;
  return (
    <>
      <div className={styles.card} style={{ marginBottom: 'var(--gap)' }}>
        <RunHero run={run} state={state} />
      </div>
      <OutlookCard run={run} state={state} now={now} />
      <div className={styles.laps}>
        <LapStrip run={run} state={state} />
      </div>
    </>
  );
}

function StandingsScene({ state, show, now }: SceneProps) {
  return (
    <>
      <div className={`${styles.card} ${styles.fill}`}>
        <h2 className={styles.label}>{words.show.standings}</h2>
        <MovingStandings
          state={state}
          rows={liveRows(state, onTrack(state))}
          at={now?.at ?? 0}
          label={words.show.standings}
        />
      </div>
      <Sponsors show={show} />
    </>
  );
}

function NextScene({ state, show }: SceneProps) {
  return (
    <>
      <div className={`${styles.card} ${styles.fill}`}>
        <h2 className={styles.label}>{words.show.nextUp}</h2>
        {state.queue.length === 0 ? (
          <p className={styles.huge} data-long style={{ margin: 'auto' }}>
            {words.show.nobodyWaits}
          </p>
        ) : (
          <ol className={styles.next}>
            <QueueRows state={state} most={10} />
          </ol>
        )}
      </div>
      <Sponsors show={show} />
    </>
  );
}

const isLong = (name: string): true | undefined => (name.length > 18 ? true : undefined);

function SpotlightScene({ state, now, hallUrl }: SceneProps) {
  const run = lastFinished(state, now)?.run;
  if (run === undefined) return null;
  const alias = aliasOf(state, run.racer);
  const row = liveRows(state, run).find(({ racer }) => racer === run.racer);
  return (
    <div className={styles.middle} data-testid="spotlight">
      <p className={styles.label}>{words.show.justFinished}</p>
      <h2 className={styles.huge} data-long={isLong(alias)}>
        <RaceAvatar state={state} racer={run.racer} size="1em" /> <Flag country={countryOf(state, run.racer)} /> {alias}
      </h2>
      <dl className={styles.figures}>
        <Figure name={words.show.score}>{run.score === null ? words.show.noResult : lapTime(run.score)}</Figure>
        <Figure name={words.show.place}>{row?.place ?? '—'}</Figure>
        <Figure name={words.show.bestLap}>{run.bestLap === null ? '—' : lapTime(run.bestLap)}</Figure>
        <Figure name={words.show.laps}>{run.laps.filter(({ valid }) => valid).length}</Figure>
      </dl>
      {run.racer === null ? null : (
        <div className={styles.home}>
          <div>
            <QrCode text={certificateAddress(state.race, run.racer, hallUrl)} />
          </div>
          <span>{words.show.keep}</span>
        </div>
      )}
    </div>
  );
}

const certificateAddress = (race: string, racer: string, hallUrl: string | null): string =>
  `${hallUrl ?? window.location.origin}/races/${race}/certificate/${racer}`;

const Figure = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <dt className={styles.label}>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** How high the steps are, percent of the highest. */
const heights = ['100%', '78%', '62%'];

function PodiumScene({ state, show }: SceneProps) {
  const winners = podiumOf(state);
  if (winners.length === 0) return <p className={`${styles.middle} ${styles.huge}`}>{words.show.noResult}</p>;
  return (
    <>
      <p className={styles.label} style={{ textAlign: 'center' }}>
        {words.show.podium} · {state.phase === 'official' ? words.show.official : words.show.provisional}
      </p>
      <div className={styles.podium} data-testid="podium">
        {[1, 0, 2].map((index) => {
          const one = winners[index];
          if (one === undefined) return <span key={index} />;
          return (
            <div key={index} className={styles.step} style={{ height: '100%' }}>
              <b data-long={isLong(one.alias)}>
                <RaceAvatar state={state} racer={one.racer} size="1.2em" /> {one.alias}
              </b>
              <div
                style={{ height: `calc(0.55 * ${heights[index]})`, ...(index === 0 ? { color: 'var(--accent)' } : {}) }}
              >
                {one.place}
                {one.score === null ? null : <small>{lapTime(one.score)}</small>}
              </div>
            </div>
          );
        })}
      </div>
      <Sponsors show={show} />
    </>
  );
}

/** How long one picture stands, ms. */
const pictureMs = 6000;

function PicturesScene({ show }: SceneProps) {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setTurn((before) => before + 1), pictureMs);
    return () => window.clearInterval(timer);
  }, []);
  const picture = show.pictures[turn % Math.max(1, show.pictures.length)];
  if (picture === undefined) return null;
  return (
    <>
      <p className={styles.label} style={{ textAlign: 'center' }}>
        {words.show.thanksTo}
      </p>
      <img className={styles.picture} src={picturePath(show.event, picture.hash)} alt={picture.name} />
    </>
  );
}

function Sponsors({ show }: { readonly show: EventShow }) {
  if (show.pictures.length === 0) return null;
  return (
    <div className={styles.sponsors}>
      {show.pictures.slice(0, 6).map(({ hash, name }) => (
        <img key={hash} src={picturePath(show.event, hash)} alt={name} />
      ))}
    </div>
  );
}
