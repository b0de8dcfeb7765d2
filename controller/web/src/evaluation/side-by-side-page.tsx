import { Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core';
import { type RaceId, RaceId as RaceIdSchema } from '@pitwall/protocol';
import type { StandingsRow } from '@pitwall/protocol/api';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { isGone, NoRace, type ReceivedRace, useLiveRace, useOnlineRace, useRaceStandings } from '../online/index.js';
import { Note, PageTitle, Panel, Soft, Split, useFrame } from '../shell/index.js';
import { clockText, lapTime } from '../times/index.js';
import { CarShape, MapBox, TrackMap, useTrack } from '../track/index.js';
import { words } from '../words/index.js';
import { ActionBars, useActions } from './actions.js';
import { CameraView } from './camera-view.js';
import type { ChasedCar } from './chase-view.js';
import { secondsText } from './comparison.js';
import { DrivenLap, mostTogether, standTogether } from './side-by-side.js';
import { useReplays } from './use-evaluation.js';
import type { Draw, Register } from './use-moment.js';

const ChaseView = lazy(() => import('./chase-view.js'));

/** Told apart on the map, on either colour of the page. */
const colours = ['--car', '--lane', '--best', '--go'] as const;
/** On a screen that nobody touches the finish is left to be seen, s. */
const restsS = 6;

/** Up to four results of a race, their fastest laps started together. */
export default function SideBySidePage({ race }: { readonly race: string }) {
  const known = RaceIdSchema.safeParse(race);
  return known.success ? <KnownRace race={known.data} /> : <NoRace />;
}

function KnownRace({ race }: { readonly race: RaceId }) {
  const heard = useOnlineRace(race);
  useLiveRace(race);
  if (isGone(heard.error)) return <NoRace />;
  if (heard.data === undefined)
    return <Note title={words.common.oneMoment}>{heard.error === null ? null : heard.error.message}</Note>;
  return <Together heard={heard.data} />;
}

function Together({ heard }: { readonly heard: ReceivedRace }) {
  const { race, setup, leaderboard } = heard.race;
  const search = new URLSearchParams(useSearch());
  const isShow = search.get('mode') === 'show';
  const rows = (useRaceStandings(race, leaderboard).data?.virtual ?? []).filter(({ imported }) => !imported);
  const asked = search.get('results')?.split(',');
  const chosen = rows
    .filter(({ resultId, rank }) => asked?.includes(resultId) ?? rank <= mostTogether)
    .slice(0, mostTogether);
  return (
    <>
      <PageTitle aside={isShow ? undefined : <Link href={`/online/${race}`}>{words.evaluation.toTheRace}</Link>}>
        {setup.name}
      </PageTitle>
      {chosen.length === 0 ? (
        <Soft>{words.common.noResultYet}</Soft>
      ) : (
        <Loaded key={chosen.map(({ resultId }) => resultId).join()} heard={heard} rows={chosen} isShow={isShow} />
      )}
      {isShow ? null : <Choice race={race} rows={rows} chosen={chosen} />}
    </>
  );
}

interface ChoiceProps {
  readonly race: RaceId;
  readonly rows: readonly StandingsRow[];
  readonly chosen: readonly StandingsRow[];
}

function Choice({ race, rows, chosen }: ChoiceProps) {
  const [, go] = useLocation();
  return (
    <Panel title={words.evaluation.whichResults(mostTogether)}>
      <Checkbox.Group
        value={chosen.map(({ resultId }) => resultId)}
        onChange={(ids) => go(`/online/${race}/together?results=${ids.join(',')}`, { replace: true })}
      >
        <Group>
          {rows.map(({ resultId, rank, alias, score }) => (
            <Checkbox
              key={resultId}
              value={resultId}
              label={`${rank}. ${alias}, ${lapTime(score)}`}
              disabled={chosen.length >= mostTogether && !chosen.some((one) => one.resultId === resultId)}
            />
          ))}
        </Group>
      </Checkbox.Group>
    </Panel>
  );
}

interface LoadedProps {
  readonly heard: ReceivedRace;
  readonly rows: readonly StandingsRow[];
  readonly isShow: boolean;
}

function Loaded({ heard, rows, isShow }: LoadedProps) {
  const { race, setup } = heard.race;
  const track = useTrack(setup.track.id, setup.track.version).data;
  const replays = useReplays(
    race,
    rows.map(({ resultId }) => resultId),
  );
  const wrong = replays.find(({ error }) => error !== null)?.error;
  if (wrong != null) return <Note title={words.evaluation.replay}>{wrong.message}</Note>;
  const all = replays.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (track === undefined || all.length < rows.length) return <Note title={words.evaluation.theReplayIsOnIts} />;
  return <Driven heard={heard} rows={rows} replays={all} track={track} isShow={isShow} />;
}

interface DrivenProps extends LoadedProps {
  readonly replays: readonly DrivenLap['timeline']['replay'][];
  readonly track: NonNullable<ReturnType<typeof useTrack>['data']>;
}

function Driven({ heard, rows, replays, track, isShow }: DrivenProps) {
  const laps = useMemo(() => replays.map((replay) => DrivenLap.of(replay)), [replays]);
  const lastsS = Math.max(0, ...laps.map((lap) => lap?.lastsS ?? 0));
  const [playing, setPlaying] = useState(isShow);
  const [followed, setFollowed] = useState(0);
  const moment = useRef({ sinceS: 0, shownS: Number.NaN, at: 0 });
  const parts = useRef(new Set<Draw>());
  const map = useRef<SVGGElement>(null);
  const table = useRef<HTMLTableSectionElement>(null);
  const clock = useRef<HTMLSpanElement>(null);
  const seen = useRef<readonly ChasedCar[]>([]);
  const register: Register = useMemo(
    () => (draw) => {
      parts.current.add(draw);
      moment.current.shownS = Number.NaN;
      return () => {
        parts.current.delete(draw);
      };
    },
    [],
  );

  useFrame(() => {
    const { current } = moment;
    const now = performance.now();
    if (playing) {
      current.sinceS += Math.min(200, now - current.at) / 1000;
      if (isShow && current.sinceS > lastsS + restsS) current.sinceS = 0;
      if (!isShow && current.sinceS >= lastsS) setPlaying(false);
    }
    current.at = now;
    if (current.sinceS === current.shownS) return;
    current.shownS = current.sinceS;
    const all = standTogether(laps, current.sinceS);
    if (clock.current !== null) clock.current.textContent = clockText(Math.min(current.sinceS, lastsS) * 1e6, 1);
    for (const [index, standing] of all.entries()) {
      const car = map.current?.children[index];
      const row = table.current?.children[index];
      car?.setAttribute('visibility', standing === undefined ? 'hidden' : 'visible');
      if (standing === undefined) continue;
      const { frame, place, behindS, isHome } = standing;
      car?.setAttribute('transform', `translate(${frame.x} ${-frame.y}) rotate(${-frame.yawDeg})`);
      const [placeCell, , gapCell] = row?.children ?? [];
      if (placeCell !== undefined) placeCell.textContent = String(place);
      if (gapCell !== undefined)
        gapCell.textContent = behindS === null ? (isHome ? '🏁' : '') : secondsText(Math.round(behindS * 1e6));
    }
    const order = [followed, ...[...all.keys()].filter((index) => index !== followed)];
    seen.current = order.flatMap((index) => {
      const frame = all[index]?.frame;
      return frame === undefined ? [] : [{ frame, colour: colours[index] ?? '--car' }];
    });
    const frame = all[followed]?.frame;
    if (frame !== undefined) for (const draw of parts.current) draw(frame);
  });

  const toggle = () => {
    if (!playing && moment.current.sinceS >= lastsS) moment.current.sinceS = 0;
    setPlaying(!playing);
  };
  const replay = replays[followed] as DrivenProps['replays'][number];
  return (
    <Split left="1fr">
      <div>
        <Suspense fallback={<Text>{words.common.oneMoment}</Text>}>
          <ChaseView key={followed} track={track} cars={() => seen.current} register={register} />
        </Suspense>
        <Table fz="1.15rem">
          <Table.Tbody ref={table} data-testid="together">
            {rows.map(({ resultId, alias, rank, score }, index) => (
              <Table.Tr key={resultId}>
                <Table.Td w="1%" fw={800}>
                  {rank}
                </Table.Td>
                <Table.Td>
                  <Button
                    variant="subtle"
                    c="var(--ink)"
                    fz="1.1rem"
                    size="compact-lg"
                    aria-pressed={index === followed}
                    aria-label={words.evaluation.follow(alias)}
                    onClick={() => {
                      setFollowed(index);
                      moment.current.shownS = Number.NaN;
                    }}
                    leftSection={<Swatch index={index} />}
                  >
                    {alias}
                  </Button>
                  <Text span c="dimmed" fz="0.9rem">
                    {lapTime(score)}
                  </Text>
                </Table.Td>
                <Table.Td w="9rem" ta="right" fw={700} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Group>
          {isShow ? null : (
            <Button miw="7rem" size="md" onClick={toggle}>
              {playing ? words.common.pause : words.evaluation.startTogether}
            </Button>
          )}
          <Text component="span" ref={clock} fz="1.6rem" fw={750} ml="auto" data-testid="together-clock" />
        </Group>
      </div>
      <div>
        <MapBox>
          <TrackMap track={track} direction={heard.race.setup.rules.direction} car={null}>
            <g ref={map} data-testid="together-cars">
              {rows.map(({ resultId }, index) => (
                <g
                  key={resultId}
                  style={index === 0 ? {} : ({ '--car': `var(${colours[index]})` } as React.CSSProperties)}
                >
                  <CarShape />
                </g>
              ))}
            </g>
          </TrackMap>
        </MapBox>
        <Split left="1fr">
          <CameraView key={followed} pictures={replay.pictures} register={register} />
          <Stack>
            <Certainty key={followed} replay={replay} register={register} />
          </Stack>
        </Split>
      </div>
    </Split>
  );
}

const Swatch = ({ index }: { readonly index: number }) => (
  <svg viewBox="0 0 10 10" width="0.8rem" height="0.8rem" aria-hidden="true">
    <circle cx="5" cy="5" r="5" fill={`var(${colours[index]})`} />
  </svg>
);

function Certainty({
  replay,
  register,
}: {
  readonly replay: DrivenProps['replays'][number];
  readonly register: Register;
}) {
  const actions = useActions(replay);
  return actions === null ? null : <ActionBars actions={actions} outputs={replay.outputs} register={register} />;
}
