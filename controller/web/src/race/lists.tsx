import { Box, Group, Paper, Table, Text, Title } from '@mantine/core';
import type { RaceState, RunState } from '@pitwall/protocol/race';
import { Panel } from '../shell/index.js';
import { gapTime, lapTime, plusMinus, waitText } from '../times/index.js';
import { words } from '../words/index.js';
import styles from './lists.module.css';
import { RaceAvatar } from './race-avatar.js';
import { aliasOf, type LapRow, lapRows } from './run-view.js';
import { SectorTimes } from './sector-times.js';
import { lapUnderWay } from './sectors.js';
import { rowsToShow } from './standing-rows.js';
import { useRoom } from './use-room.js';

/** Purple for the best of the race, green for the racer's own. */
export const rankColours: Readonly<Record<LapRow['rank'], string>> = {
  best: 'var(--best)',
  own: 'var(--go)',
  counts: 'var(--ink)',
  void: 'var(--ink-2)',
};

/** The run's laps side by side, the latest first: as many as there is room for. */
export function LapStrip({ run, state }: { readonly run: RunState; readonly state: RaceState }) {
  const rows = lapRows(run, state);
  const underWay = lapUnderWay(run, state);
  return (
    <Panel title={words.common.laps} aside={rows.length === 0 ? undefined : words.race.driven(rows.length)}>
      {rows.length === 0 && underWay === null ? <Text c="dimmed">{words.common.noLapYet}</Text> : null}
      {rows.length === 0 && underWay === null ? null : (
        <ol className={styles.laps} data-testid="laps">
          {underWay === null ? null : (
            <li className={styles.lap}>
              <Text c="dimmed" fz="0.95rem">
                {words.common.lapLap(underWay.lap)}
              </Text>
              <SectorTimes sectors={underWay.sectors} />
            </li>
          )}
          {rows.map(({ lap, rank, time, notes, uncertainty, penalty, sectors }) => (
            <li
              key={lap}
              className={styles.lap}
              data-lap={lap}
              style={rank === 'best' || rank === 'own' ? { borderColor: rankColours[rank] } : {}}
            >
              <Text c="dimmed" fz="0.95rem" h="1.5rem" truncate>
                {words.common.lapLap(lap)}{' '}
                <Text span inherit fw={800} c={rankColours[rank]}>
                  {rank === 'best' ? words.race.bestOfTheRace : rank === 'own' ? words.race.ownBest : ''}
                </Text>
              </Text>
              <Text
                fz="1.6rem"
                fw={750}
                lh={1.15}
                c={rankColours[rank]}
                {...(rank === 'void' ? { td: 'line-through' } : {})}
              >
                {time === null ? '—' : lapTime(time)}
              </Text>
              <Text c="dimmed" fz="0.9rem" truncate>
                {[
                  ...notes,
                  ...(penalty > 0 ? [words.race.penalty(gapTime(penalty, 0))] : []),
                  ...(time === null ? [] : [plusMinus(uncertainty)]),
                ].join(', ')}
              </Text>
              <SectorTimes sectors={sectors} />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** A row's height on one screen, rem. */
const rowHeight = 2.4;

/** How the race stands: as many rows as have room, never none. */
export function StandingsList({ state }: { readonly state: RaceState }) {
  const { ref, room } = useRoom<HTMLDivElement>();
  const leader = state.standings.find(({ score }) => score !== null)?.score ?? null;
  const now = state.runs.find(({ runId }) => runId === state.current)?.racer;
  const rows = leader === null ? [] : rowsToShow(state.standings, Math.floor(room / rowHeight), now);
  const aside = [
    ...(rows.some(({ overlaps }) => overlaps) ? [words.race.tooCloseToCall] : []),
    ...(rows.length < state.standings.length && rows.length > 0
      ? [words.race.countOf(rows.length, state.standings.length)]
      : []),
  ].join(' · ');
  return (
    <Panel title={words.common.standings} aside={aside === '' ? undefined : aside}>
      <div ref={ref} className={styles.standings}>
        {rows.length === 0 ? (
          <Text c="dimmed">{words.race.nobodyHasATimeYet}</Text>
        ) : (
          <Table fz="1.2rem" aria-label={words.race.placeRacerBehindScore} data-testid="standings">
            <colgroup>
              <Box component="col" w="2.6rem" />
              <col />
              <Box component="col" w="var(--col-rest)" />
              <Box component="col" w="var(--col-score)" />
            </colgroup>
            <Table.Tbody>
              {rows.map(({ racer, alias, rank, score, overlaps }) => (
                <Table.Tr key={racer} {...(racer === now ? { 'data-now': true, bg: 'var(--panel-2)' } : {})}>
                  <Table.Td fz="1.3rem" fw={800} {...(racer === now ? { c: 'var(--accent)' } : {})}>
                    {rank ?? '–'}
                  </Table.Td>
                  <Table.Td fw={650} title={alias}>
                    <RaceAvatar state={state} racer={racer} size="1.3em" /> {alias}
                  </Table.Td>
                  <Table.Td ta="right" c="dimmed" fz="0.95rem">
                    {rank === 1 || score === null || leader === null ? '' : gapTime(score, leader)}
                  </Table.Td>
                  <Table.Td ta="right" fw={750} fz="1.3rem">
                    {overlaps ? <abbr title={words.race.theMeasurementsOfThisPlace}>≈ </abbr> : null}
                    {score === null ? '—' : lapTime(score)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </div>
    </Panel>
  );
}

/** Rem that the standings of so many, what comes next, and a board below them take on one screen. */
export const roomWithBoard = (racers: number): number => racers * rowHeight + 22;

/** Who is next, in one line. */
export function NextLine({ state, most }: { readonly state: RaceState; readonly most: number }) {
  return (
    <Paper component="section" aria-label={words.race.next}>
      <Group wrap="nowrap" align="baseline">
        <Title order={2} fz="0.85rem" tt="uppercase" lts="0.06em" c="dimmed">
          {words.race.next}
        </Title>
        {state.queue.length === 0 ? (
          <Text c="dimmed">{words.race.nobodyIsWaiting}</Text>
        ) : (
          <Text component="ol" flex={1} m={0} p={0} fz="1.1rem" truncate data-testid="queue">
            {state.queue.slice(0, most).map(({ racer, wait }, index) => (
              <Text component="li" key={racer} display="inline" inherit mr="md" fw={index === 0 ? 750 : 500}>
                {aliasOf(state, racer)}{' '}
                {wait === null ? null : (
                  <Text component="small" c="dimmed">
                    {waitText(wait)}
                  </Text>
                )}
              </Text>
            ))}
          </Text>
        )}
        {state.queue.length > most ? (
          <Text span c="dimmed" fz="0.9rem" flex="none">
            {words.common.waiting(state.queue.length)}
          </Text>
        ) : null}
      </Group>
    </Paper>
  );
}
