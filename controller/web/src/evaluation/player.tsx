import { Box, Button, Group, Stack, Text } from '@mantine/core';
import { percentText } from '@pitwall/protocol';
import type { Replay } from '@pitwall/protocol/api';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ChoiceField } from '../forms/index.js';
import { Split, useFrame } from '../shell/index.js';
import { clockText, lapTime } from '../times/index.js';
import { CarShape, MapBox, TrackMap, useTrack } from '../track/index.js';
import { decimal, words } from '../words/index.js';
import { ActionBars, ActionStrip, useActions } from './actions.js';
import { CameraView } from './camera-view.js';
import { type Frame, ReplayTimeline } from './replay-timeline.js';
import type { Draw } from './use-moment.js';

interface PlayerProps {
  readonly replay: Replay;
  readonly trackId: string;
  readonly trackVersion: number;
  readonly direction: 'clockwise' | 'counter-clockwise';
}

const speeds = [0.25, 0.5, 1, 2, 4] as const;

/** A replay on the map, with what the camera saw and how sure the model was. Space plays and pauses. */
export default function Player({ replay, trackId, trackVersion, direction }: PlayerProps) {
  const timeline = useMemo(() => new ReplayTimeline(replay), [replay]);
  const track = useTrack(trackId, trackVersion).data;
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(1);
  const parts = useRef(new Set<Draw>());
  const moment = useRef({ timeS: timeline.laps[0]?.fromS ?? 0, shownS: Number.NaN, at: 0 });
  const scrubber = useRef<HTMLInputElement>(null);
  const clock = useRef<HTMLSpanElement>(null);
  const car = useRef<SVGGElement>(null);

  const seek = (timeS: number) => {
    moment.current.timeS = Math.min(timeline.endS, Math.max(0, timeS));
  };
  const toggle = () => {
    if (!playing && moment.current.timeS >= timeline.endS) seek(timeline.laps[0]?.fromS ?? 0);
    setPlaying(!playing);
  };

  useFrame(() => {
    const now = performance.now();
    const { current } = moment;
    if (playing) {
      seek(current.timeS + (speed * Math.min(200, now - current.at)) / 1000);
      if (current.timeS >= timeline.endS) setPlaying(false);
    }
    current.at = now;
    if (current.timeS === current.shownS) return;
    current.shownS = current.timeS;
    const frame = timeline.at(current.timeS);
    if (frame === undefined) return;
    car.current?.setAttribute('transform', `translate(${frame.x} ${-frame.y}) rotate(${-frame.yawDeg})`);
    if (scrubber.current !== null) scrubber.current.value = String(current.timeS);
    if (clock.current !== null) clock.current.textContent = momentText(timeline, frame);
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
    <Stack component="section" gap="xs" aria-label={words.evaluation.replay}>
      <Split left="2.4fr">
        <MapBox>
          {track === undefined ? null : (
            <TrackMap track={track} direction={direction} car={null}>
              <Line replay={replay} />
              <g ref={car} data-testid="replay-car">
                <CarShape />
              </g>
            </TrackMap>
          )}
        </MapBox>
        <Stack gap="xs">
          <CameraView pictures={replay.pictures} register={register} />
          {actions === null ? null : <ActionBars actions={actions} outputs={replay.outputs} register={register} />}
        </Stack>
      </Split>
      {actions === null ? null : (
        <ActionStrip actions={actions} replay={replay} timeline={timeline} onSeek={seek} register={register} />
      )}
      <Box
        component="input"
        ref={scrubber}
        w="100%"
        m={0}
        style={{ accentColor: 'var(--accent)' }}
        type="range"
        aria-label={words.evaluation.momentOfTheReplaySeconds}
        min={0}
        max={timeline.endS}
        step={0.1}
        defaultValue={0}
        onInput={({ currentTarget }: React.FormEvent<HTMLInputElement>) => seek(Number(currentTarget.value))}
      />
      <Group gap="xs" align="end">
        <Button miw="5.5rem" size="md" onClick={toggle}>
          {playing ? words.common.pause : words.evaluation.play}
        </Button>
        <ChoiceField
          label={words.common.speed}
          value={String(speed)}
          options={speeds.map((value) => [String(value), `${value}×`] as const)}
          onValue={(value) => setSpeed(Number(value))}
        />
        {timeline.laps.map(({ lap, fromS, tookS, time, finished }) => (
          <Button variant="default" size="xs" key={lap} onClick={() => seek(fromS)}>
            {words.evaluation.lapMore(lap, finished ? '' : words.evaluation.notFinished)}{' '}
            <small>{time === null ? clockText(tookS * 1e6, 1) : lapTime(time)}</small>
          </Button>
        ))}
        <Text component="span" ref={clock} flex={1} miw="16rem" ta="right" c="dimmed" data-testid="moment" />
      </Group>
      <Incidents timeline={timeline} onSeek={seek} />
    </Stack>
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
    <g fill="none" stroke="var(--car)" strokeWidth="0.03" opacity="0.55" strokeLinejoin="round">
      {ways.map((points) => (
        <polyline key={points} points={points} />
      ))}
    </g>
  );
}

function Incidents({
  timeline,
  onSeek,
}: {
  readonly timeline: ReplayTimeline;
  readonly onSeek: (timeS: number) => void;
}) {
  if (timeline.incidents.length === 0) return null;
  return (
    <Group gap="xs">
      {timeline.incidents.slice(0, 24).map(({ atS, what }) => (
        <Button variant="outline" color="stop" size="xs" key={atS} onClick={() => onSeek(atS - 1)}>
          {what} <small>{clockText(atS * 1e6, 1)}</small>
        </Button>
      ))}
    </Group>
  );
}

const statuses: Readonly<Record<string, string>> = {
  prepare: words.evaluation.atTheStart,
  pause: words.evaluation.waitsOutAPenalty,
  off_track: words.evaluation.leftTheTrack,
  crashed: words.evaluation.crashed,
  immobilized: words.evaluation.standsStill,
  reversed: words.evaluation.drivesTheWrongWay,
  lap_complete: words.evaluation.lapComplete,
};

function momentText(timeline: ReplayTimeline, { timeS, progressPct, steeringDeg, speedMps, status }: Frame): string {
  const take = timeline.lapAt(timeS);
  const lap =
    take === undefined ? '' : words.evaluation.lapLapClockS(take.lap, clockText((timeS - take.fromS) * 1e6, 1));
  const steering = `${steeringDeg > 0 ? words.evaluation.leftSmall : words.evaluation.rightSmall} ${decimal(Math.abs(steeringDeg), 0)}°`;
  const wants = words.evaluation.steeringAndSpeed(
    steeringDeg === 0 ? words.evaluation.straight : steering,
    decimal(speedMps, 1),
  );
  return [lap, percentText(Math.max(0, progressPct)), wants, statuses[status] ?? '']
    .filter((part) => part !== '')
    .join(' · ');
}
