import { Text, Title } from '@mantine/core';
import type { RaceState, RunState } from '@pitwall/protocol/race';
import { useRef } from 'react';
import { useLink, useLiveClient } from '../live/index.js';
import { useFrame } from '../shell/index.js';
import { clockText, lapTime, plusMinus, timeLeft } from '../times/index.js';
import { words } from '../words/index.js';
import { RaceAvatar } from './race-avatar.js';
import { runTimes } from './run-clock.js';
import styles from './run-hero.module.css';
import { aliasOf, countryOf, lapRows, type PhaseView, phaseView } from './run-view.js';

const toneColours: Readonly<Record<PhaseView['tone'], string>> = {
  idle: 'var(--ink-2)',
  go: 'var(--go)',
  warn: 'var(--warn)',
  stop: 'var(--on-alarm)',
  done: 'var(--ink)',
};

interface HeroProps {
  readonly run: RunState;
  readonly state: RaceState;
  /** What must not be overlooked: it stands for the run's own words, in red. */
  readonly alarm?: { readonly word: string; readonly detail: string } | null;
}

/** What nobody may take for a slow model: its crew lets the car give less than it could. */
const heldWords = ({ scale = 100 }: RunState): string | null => (scale < 100 ? words.race.throttleHeldTo(scale) : null);

/** Who drives, how it stands, and the clock: the part that is read from the last row. */
export function RunHero({ run, state, alarm = null }: HeroProps) {
  const { word, detail, tone } = alarm === null ? phaseView(run) : { ...alarm, tone: 'stop' as const };
  const rows = lapRows(run, state);
  const last = rows.find(({ time }) => time !== null);
  const country = countryOf(state, run.racer);
  const best = run.laps.find(({ valid, time }) => valid && time === run.bestLap);
  return (
    <>
      <div className={styles.hero} data-alarm={alarm !== null}>
        <div>
          <p
            className={styles.phase}
            data-tone={tone}
            style={alarm === null ? { color: toneColours[tone] } : {}}
            role={alarm === null ? undefined : 'alert'}
          >
            {word}
          </p>
          <Title
            order={2}
            fz={aliasOf(state, run.racer).length > 20 ? '1.75rem' : 'min(2.6rem, 10vw)'}
            fw={800}
            lh={1.05}
            lts="-0.02em"
            style={{ overflowWrap: 'anywhere' }}
          >
            <RaceAvatar state={state} racer={run.racer} size="1.1em" /> {aliasOf(state, run.racer)}
          </Title>
          <Text mt="0.15rem" mih="1.4em" c="var(--soft, var(--ink-2))" lh="inherit">
            {alarm !== null
              ? detail
              : [detail, country, run.car === null ? null : words.common.carCar(run.car), heldWords(run)]
                  .filter((part) => part != null)
                  .join(' · ')}
          </Text>
        </div>
        <MainClock run={run} />
      </div>
      <TimeBar run={run} />
      <dl className={styles.facts}>
        <div>
          <dt className={styles.label}>{isOver(run) ? words.race.runTime : words.race.timeLeft}</dt>
          <RunTime run={run} />
        </div>
        <div>
          <dt className={styles.label}>{words.common.lastLap}</dt>
          <dd>{last?.time == null ? '—' : lapTime(last.time)}</dd>
        </div>
        <div>
          <dt className={styles.label}>{words.common.bestLap}</dt>
          <dd>
            {run.bestLap === null ? '—' : lapTime(run.bestLap)}
            {best === undefined ? null : <small>{plusMinus(best.uncertainty)}</small>}
          </dd>
        </div>
        <div>
          <dt className={styles.label}>{words.common.laps}</dt>
          <dd>
            {run.laps.filter(({ valid }) => valid).length}
            {run.laps.some(({ valid }) => !valid) ? <small>{words.race.inAll(run.laps.length)}</small> : null}
          </dd>
        </div>
      </dl>
    </>
  );
}

function useTimes(run: RunState, show: (times: ReturnType<typeof runTimes>) => void): void {
  const client = useLiveClient();
  useFrame(() => show(runTimes(run, client.clock.at(performance.now() * 1000))));
}

const set = (element: HTMLElement | null, text: string): void => {
  if (element !== null && element.textContent !== text) element.textContent = text;
};

/** The lap under way; before the start its countdown, afterwards the score. */
function MainClock({ run }: { readonly run: RunState }) {
  const label = useRef<HTMLDivElement>(null);
  const digits = useRef<HTMLDivElement>(null);
  const { state } = useLink();
  useTimes(run, ({ lap, countdown, elapsed }) => {
    const shown = mainText(run, lap, countdown, elapsed);
    set(label.current, state === 'lost' ? words.race.unsure(shown.label) : shown.label);
    set(digits.current, shown.text);
  });
  return (
    <div className={styles.clock} data-link={state}>
      <div className={styles.label} ref={label} />
      <div className={styles.big} ref={digits} role="timer" aria-live="off" />
    </div>
  );
}

function mainText(run: RunState, lap: number | null, countdown: number | null, elapsed: number | null) {
  if (isOver(run))
    return run.score === null
      ? { label: words.race.noValidLap, text: '' }
      : { label: words.common.score, text: lapTime(run.score) };
  if (countdown !== null) return { label: words.race.startIn, text: String(Math.ceil(countdown / 1_000_000)) };
  if (lap !== null) return { label: words.common.lapLap(run.underWay?.lap ?? ''), text: clockText(lap, 2) };
  if (run.phase === 'running' || run.phase === 'paused')
    return {
      label: words.race.runTime,
      text: elapsed === null ? '—' : clockText(elapsed, run.phase === 'paused' ? 2 : 1),
    };
  return { label: words.race.runTime, text: clockText(0, 2) };
}

const isOver = ({ phase }: RunState): boolean => phase === 'over' || phase === 'confirmed' || phase === 'discarded';

/** What is left of it while it lasts; afterwards how long it was. */
function RunTime({ run }: { readonly run: RunState }) {
  const digits = useRef<HTMLElement>(null);
  useTimes(run, ({ left, elapsed }) => {
    if (isOver(run)) set(digits.current, elapsed === null ? '—' : clockText(elapsed, 1));
    else set(digits.current, run.limit === null ? words.race.noLimit : left === null ? '—' : timeLeft(left));
  });
  return <dd ref={digits} />;
}

function TimeBar({ run }: { readonly run: RunState }) {
  const bar = useRef<HTMLDivElement>(null);
  useTimes(run, ({ left }) => {
    if (bar.current !== null)
      bar.current.style.transform = `scaleX(${run.limit === null || isOver(run) ? 0 : (left ?? 0) / run.limit})`;
  });
  return <div className={styles.bar} ref={bar} aria-hidden="true" />;
}
