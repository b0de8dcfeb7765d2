import { percentText } from '@pitwall/protocol';
import type { Replay } from '@pitwall/protocol/api';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { forms } from '../forms/index.js';
import { useFrame } from '../shell/index.js';
import { clockText, lapTime } from '../times/index.js';
import { CarShape, TrackMap, useTrack } from '../track/index.js';
import { ActionBars, ActionStrip, useActions } from './actions.js';
import { CameraView } from './camera-view.js';
import styles from './evaluation.module.css';
import { Film, type Frame } from './film.js';

interface PlayerProps {
  readonly replay: Replay;
  readonly trackId: string;
  readonly direction: 'clockwise' | 'counter-clockwise';
}

/** What shows one moment of a film; called before each repaint in which the moment changes. */
export type Draw = (frame: Frame) => void;

const speeds = [0.25, 0.5, 1, 2, 4] as const;

/** A replay on the map, with what the camera saw and how sure the model was. Space plays and pauses. */
export function Player({ replay, trackId, direction }: PlayerProps) {
  const film = useMemo(() => new Film(replay), [replay]);
  const track = useTrack(trackId).data;
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(1);
  const parts = useRef(new Set<Draw>());
  const moment = useRef({ timeS: film.takes[0]?.fromS ?? 0, shownS: Number.NaN, at: 0 });
  const scrubber = useRef<HTMLInputElement>(null);
  const clock = useRef<HTMLSpanElement>(null);
  const car = useRef<SVGGElement>(null);

  const seek = (timeS: number) => {
    moment.current.timeS = Math.min(film.endS, Math.max(0, timeS));
  };
  const toggle = () => {
    if (!playing && moment.current.timeS >= film.endS) seek(film.takes[0]?.fromS ?? 0);
    setPlaying(!playing);
  };

  useFrame(() => {
    const now = performance.now();
    const { current } = moment;
    if (playing) {
      seek(current.timeS + (speed * Math.min(200, now - current.at)) / 1000);
      if (current.timeS >= film.endS) setPlaying(false);
    }
    current.at = now;
    if (current.timeS === current.shownS) return;
    current.shownS = current.timeS;
    const frame = film.at(current.timeS);
    if (frame === undefined) return;
    car.current?.setAttribute('transform', `translate(${frame.x} ${-frame.y}) rotate(${-frame.yawDeg})`);
    if (scrubber.current !== null) scrubber.current.value = String(current.timeS);
    if (clock.current !== null) clock.current.textContent = momentText(film, frame);
    for (const draw of parts.current) draw(frame);
  });

  /** Lets a part of the player draw each moment. */
  const register = useMemo(
    () => (draw: Draw) => {
      parts.current.add(draw);
      moment.current.shownS = Number.NaN;
      return () => {
        parts.current.delete(draw);
      };
    },
    [],
  );

  useSpace(toggle);
  const actions = useActions(replay);
  return (
    <section className={styles.player} aria-label="Replay">
      <div className={styles.scene}>
        <div className={styles.map}>
          {track === undefined ? null : (
            <TrackMap track={track} direction={direction} car={null}>
              <Line replay={replay} />
              <g ref={car} data-testid="replay-car">
                <CarShape />
              </g>
            </TrackMap>
          )}
        </div>
        <div className={styles.views}>
          <CameraView pictures={replay.pictures} register={register} />
          {actions === null ? null : <ActionBars actions={actions} outputs={replay.outputs} register={register} />}
        </div>
      </div>
      {actions === null ? null : (
        <ActionStrip actions={actions} replay={replay} film={film} onSeek={seek} register={register} />
      )}
      <input
        ref={scrubber}
        className={styles.scrubber}
        type="range"
        aria-label="Moment of the replay, seconds"
        min={0}
        max={film.endS}
        step={0.1}
        defaultValue={0}
        onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
      />
      <div className={styles.controls}>
        <button type="button" className={`${forms.primary} ${styles.play}`} onClick={toggle}>
          {playing ? 'Pause' : 'Play'}
        </button>
        <label className={forms.inline}>
          Speed
          <select value={speed} onChange={({ target }) => setSpeed(Number(target.value))}>
            {speeds.map((value) => (
              <option key={value} value={value}>
                {value}×
              </option>
            ))}
          </select>
        </label>
        {film.takes.map(({ lap, fromS, tookS, time, finished }) => (
          <button key={lap} type="button" className={forms.small} onClick={() => seek(fromS)}>
            Lap {lap}
            {finished ? '' : ', not finished'}{' '}
            <small>{time === null ? clockText(tookS * 1e6, 1) : lapTime(time)}</small>
          </button>
        ))}
        <span ref={clock} className={styles.clock} data-testid="moment" />
      </div>
      <Incidents film={film} onSeek={seek} />
    </section>
  );
}

/** What the space bar itself writes or presses. */
const takesSpace = 'button, a, summary, select, textarea, input:not([type="range"])';

/** Calls `act` on the space bar, wherever the focus is, except on what takes it. */
function useSpace(act: () => void): void {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isTaken = event.target instanceof Element && event.target.matches(takesSpace);
      if (event.key !== ' ' || event.repeat || isTaken) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** The way that was driven. */
function Line({ replay }: { readonly replay: Replay }) {
  const ways = useMemo(() => {
    const all: string[] = [];
    let way = '';
    let last: readonly [number, number] | undefined;
    for (const [, , x, y] of replay.steps) {
      if (last !== undefined && Math.hypot(x - last[0], y - last[1]) > 0.5) {
        all.push(way);
        way = '';
      }
      way += ` ${x},${-y}`;
      last = [x, y];
    }
    return [...all, way];
  }, [replay]);
  return (
    <g className={styles.line}>
      {ways.map((points) => (
        <polyline key={points} points={points} />
      ))}
    </g>
  );
}

function Incidents({ film, onSeek }: { readonly film: Film; readonly onSeek: (timeS: number) => void }) {
  if (film.incidents.length === 0) return null;
  return (
    <div className={styles.controls}>
      {film.incidents.slice(0, 24).map(({ atS, what }) => (
        <button key={atS} type="button" className={`${forms.small} ${styles.incident}`} onClick={() => onSeek(atS - 1)}>
          {what} <small>{clockText(atS * 1e6, 1)}</small>
        </button>
      ))}
    </div>
  );
}

const statuses: Readonly<Record<string, string>> = {
  prepare: 'at the start',
  pause: 'waits out a penalty',
  off_track: 'left the track',
  crashed: 'crashed',
  immobilized: 'stands still',
  reversed: 'drives the wrong way',
  lap_complete: 'lap complete',
};

function momentText(film: Film, { timeS, progressPct, steeringDeg, speedMps, status }: Frame): string {
  const take = film.takeAt(timeS);
  const lap = take === undefined ? '' : `lap ${take.lap}, ${clockText((timeS - take.fromS) * 1e6, 1)} s`;
  const steering = `${steeringDeg > 0 ? 'left' : 'right'} ${Math.abs(steeringDeg).toFixed(0)}°`;
  const wants = `${steeringDeg === 0 ? 'straight' : steering}, ${speedMps.toFixed(1)} m/s`;
  return [lap, percentText(Math.max(0, progressPct)), wants, statuses[status] ?? '']
    .filter((part) => part !== '')
    .join(' · ');
}

export type Register = (draw: Draw) => () => void;

/** Draws each moment that the player shows, for as long as the part is there. */
export function useMoment(register: Register, draw: Draw): void {
  const latest = useRef(draw);
  useEffect(() => {
    latest.current = draw;
  });
  useEffect(() => register((frame) => latest.current(frame)), [register]);
}
