import { VisuallyHidden } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { RaceId } from '@pitwall/protocol';
import type { EventShow } from '@pitwall/protocol/api';
import { nextInQueue, type RaceState, type RunState, type Stamp } from '@pitwall/protocol/race';
import { type CSSProperties, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLiveClient, useRace } from '../live/index.js';
import {
  aliasOf,
  countryOf,
  lapUnderWay,
  phaseView,
  podiumOf,
  RaceAvatar,
  runTimes,
  sectorRanks,
  useLooks,
} from '../race/index.js';
import { useFrame, useNow } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { clockText, gapTime, lapTime, timeLeft } from '../times/index.js';
import { Flag } from './flag.js';
import { liveRows } from './live-rows.js';
import { outlookNow, outlookText } from './outlook-line.js';
import styles from './overlay.module.css';
import { type OverlayOptions, overlayOptions } from './overlay-options.js';
import { lastFinished, onTrack, sceneOf } from './show-race.js';
import { modelName, picturePath, useServerNow, useShow, useShownRace } from './use-show.js';

/** What a video mixer lays over its picture; nothing of it asks to be pressed. */
export default function OverlayPage({ event }: { readonly event: string }) {
  const options = useMemo(() => overlayOptions(window.location.search), []);
  const show = useShow(event);
  const { race } = useShownRace(event, show);
  useDocumentTitle(`${words.show.overlay} · Pitwall`);
  useLayoutEffect(() => {
    const root = document.documentElement;
    // A dark page is opaque in a mixer, whatever its ground: this one has no scheme of its own.
    root.dataset.overlay = '';
    root.style.setProperty('--overlay-ground', options.background);
    return () => {
      delete root.dataset.overlay;
      root.style.removeProperty('--overlay-ground');
    };
  }, [options]);
  return (
    <>
      <VisuallyHidden component="h1">{words.show.overlay}</VisuallyHidden>
      <div
        className={styles.overlay}
        data-position={options.position}
        style={{ '--scale': options.scale } as CSSProperties}
      >
        {race === null || show === null ? null : <RaceOverlay key={race} race={race} show={show} options={options} />}
      </div>
    </>
  );
}

interface PartProps {
  readonly state: RaceState;
  readonly now: Stamp | null;
}

function RaceOverlay({ race, show, options }: { race: RaceId; show: EventShow; options: OverlayOptions }) {
  const view = useRace(race);
  const now = useServerNow(500);
  if (view === undefined) return null;
  const { state } = view;
  const scene = sceneOf(options.scene === null ? show : { ...show, scene: options.scene }, state, now);
  const parts: Readonly<Record<typeof scene, ReactNode>> = {
    run: <RunThird state={state} now={now} />,
    laps: <RunThird state={state} now={now} />,
    standings: <Tower state={state} rows={Math.max(options.tower, 10)} />,
    next: <NextThird state={state} />,
    spotlight: <FinishedThird state={state} now={now} />,
    podium: <PodiumThird state={state} />,
    pictures: null,
    nothing: null,
  };
  const isPlain = scene === 'nothing' || scene === 'standings';
  return (
    <div data-scene={scene}>
      {parts[scene]}
      {isPlain || options.tower === 0 ? null : <Tower state={state} rows={options.tower} />}
      {scene === 'nothing' || !options.pictures ? null : <Corner show={show} />}
    </div>
  );
}

interface ThirdProps {
  readonly state: RaceState;
  readonly run: RunState;
  /** Beside country, car and model. */
  readonly word: string;
  readonly children: ReactNode;
}

function Third({ state, run, word, children }: ThirdProps) {
  const alias = aliasOf(state, run.racer);
  const colour = useLooks(state, run.racer)?.colour ?? '#ffb224';
  const about = [word, run.car, modelName(state, run.racer, run.model)].filter((part) => part != null && part !== '');
  return (
    <div className={styles.third} data-testid="third">
      <div className={styles.stripe} style={{ background: colour }} data-testid="colour" />
      <div className={styles.who}>
        <b data-long={alias.length > 22 || undefined}>
          <RaceAvatar state={state} racer={run.racer} size="1.2em" /> <Flag country={countryOf(state, run.racer)} />{' '}
          {alias}
        </b>
        <div className={styles.soft}>{about.join(' · ')}</div>
        <Sectors state={state} run={run} />
      </div>
      <dl className={styles.facts}>{children}</dl>
    </div>
  );
}

/** Of the lap under way; until its first split is passed, of the one before. */
function Sectors({ state, run }: { readonly state: RaceState; readonly run: RunState }) {
  const underWay = lapUnderWay(run, state);
  const last = run.laps.at(-1);
  const isFresh = underWay === null || underWay.sectors.every(({ time }) => time === null);
  const sectors =
    isFresh && last !== undefined ? sectorRanks(run, state)(last.sectors, last.valid) : (underWay?.sectors ?? []);
  if (sectors.length === 0) return null;
  return (
    <div className={styles.sectors} data-testid="sectors">
      {sectors.map(({ sector, time, rank }) => (
        <span key={sector} data-rank={rank}>
          S{sector} {time === null ? '—' : lapTime(time)}
        </span>
      ))}
    </div>
  );
}

const Fact = ({ name, children, small }: { name: string; children: ReactNode; small?: string | undefined }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {children}
      {small === undefined || small === '' ? null : <small>{small}</small>}
    </dd>
  </div>
);

function RunThird({ state, now }: PartProps) {
  const run = onTrack(state) ?? lastFinished(state, now)?.run;
  if (run === undefined) return null;
  const last = run.laps.findLast(({ time }) => time !== null);
  const outlook = outlookNow(state, run, now);
  const told = outlook === null ? null : outlookText(outlook, state, run);
  const rows = liveRows(state, run);
  const row = rows.find(({ racer }) => racer === run.racer);
  const leader = rows.find(({ score }) => score !== null);
  const gap = row?.score == null || leader?.score == null || row === leader ? '' : gapTime(row.score, leader.score);
  return (
    <Third state={state} run={run} word={phaseView(run).word}>
      <Fact name={words.show.lap(run.underWay?.lap ?? run.laps.length)}>
        <Clock run={run} of="lap" />
      </Fact>
      <Fact name={words.show.lastLap}>{last?.time == null ? '—' : lapTime(last.time)}</Fact>
      <Fact name={words.show.bestLap}>{run.bestLap === null ? '—' : lapTime(run.bestLap)}</Fact>
      <Fact name={words.show.place} small={told?.place}>
        {row?.place ?? '—'} <span style={{ fontSize: '0.6em' }}>{gap}</span>
      </Fact>
      <Fact name={words.show.timeLeft}>
        <Clock run={run} of="left" />
      </Fact>
    </Third>
  );
}

/** A clock that runs: drawn with each picture, without rendering anything else. */
function Clock({ run, of }: { readonly run: RunState; readonly of: 'lap' | 'left' }) {
  const client = useLiveClient();
  const digits = useRef<HTMLSpanElement>(null);
  useFrame(() => {
    const { lap, left, elapsed } = runTimes(run, client.clock.at(performance.now() * 1000));
    const ran = lap ?? elapsed;
    const text = of === 'left' ? (left === null ? '—' : timeLeft(left)) : ran === null ? '—' : clockText(ran, 1);
    if (digits.current !== null && digits.current.textContent !== text) digits.current.textContent = text;
  });
  return <span ref={digits} />;
}

function FinishedThird({ state, now }: PartProps) {
  const run = lastFinished(state, now)?.run;
  if (run === undefined) return null;
  const row = liveRows(state, run).find(({ racer }) => racer === run.racer);
  return (
    <Third state={state} run={run} word={words.show.justFinished}>
      <Fact name={words.show.score}>{run.score === null ? words.show.noResult : lapTime(run.score)}</Fact>
      <Fact name={words.show.bestLap}>{run.bestLap === null ? '—' : lapTime(run.bestLap)}</Fact>
      <Fact name={words.show.laps}>{run.laps.filter(({ valid }) => valid).length}</Fact>
      <Fact name={words.show.place}>{row?.place ?? '—'}</Fact>
    </Third>
  );
}

function NextThird({ state }: { readonly state: RaceState }) {
  const next = nextInQueue(state);
  return (
    <div className={styles.third}>
      <div className={styles.stripe} style={{ background: '#ffb224' }} />
      <div className={styles.who}>
        <div className={styles.soft}>{words.show.nextUp}</div>
        <b>
          {next === undefined ? null : <RaceAvatar state={state} racer={next} size="1.2em" />}{' '}
          {next === undefined ? words.show.nobodyWaits : aliasOf(state, next)}
        </b>
      </div>
    </div>
  );
}

function PodiumThird({ state }: { readonly state: RaceState }) {
  const winners = podiumOf(state);
  return (
    <div className={styles.third} data-testid="podium">
      <div className={styles.stripe} style={{ background: '#ffb224' }} />
      {winners.map(({ place, racer, alias, score }) => (
        <div key={racer} className={styles.who}>
          <div className={styles.soft}>
            {place} · {score === null ? '' : lapTime(score)}
          </div>
          <b data-long>
            <RaceAvatar state={state} racer={racer} size="1.2em" /> {alias}
          </b>
        </div>
      ))}
    </div>
  );
}

function Tower({ state, rows: most }: { readonly state: RaceState; readonly rows: number }) {
  const rows = liveRows(state, onTrack(state)).filter(({ score }) => score !== null);
  const leader = rows[0]?.score ?? null;
  if (rows.length === 0) return null;
  return (
    <ol className={styles.tower} data-testid="tower">
      {rows.slice(0, most).map(({ racer, alias, place, score, isNow }) => (
        <li key={racer} data-now={isNow || undefined}>
          <span>{place}</span>
          <span>
            <RaceAvatar state={state} racer={racer} size="1.2em" /> {alias}
          </span>
          <span>{place === 1 || leader === null ? lapTime(score as number) : gapTime(score as number, leader)}</span>
        </li>
      ))}
    </ol>
  );
}

/** How long one picture stands, ms. */
const pictureMs = 8000;

function Corner({ show }: { readonly show: EventShow }) {
  const [from] = useState(() => performance.now());
  const now = useNow(pictureMs, show.pictures.length > 1);
  const picture = show.pictures[Math.max(0, Math.floor((now - from) / pictureMs)) % Math.max(1, show.pictures.length)];
  if (picture === undefined) return null;
  return <img className={styles.picture} src={picturePath(show.event, picture.hash)} alt={picture.name} />;
}
