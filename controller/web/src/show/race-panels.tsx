import { Box, Paper, Table, Text } from '@mantine/core';
import { parse, type RacerId } from '@pitwall/protocol';
import { KeptResult, MomentPage, type RaceEventView } from '@pitwall/protocol/api';
import type { RaceState, RunState, Stamp } from '@pitwall/protocol/race';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { z } from 'zod';
import { ChoiceField } from '../forms/index.js';
import { get } from '../http/index.js';
import { aliasOf, LapStrip, RunHero } from '../race/index.js';
import { Fact, Facts, Panel, Rows, Soft } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { dateText, gapTime, lapTime, timeOfDay } from '../times/index.js';
import { language } from '../words/index.js';
import { type Best, bestLapOf, bestSectorsOf, lapTimesOf, runsOf } from './commentary.js';
import { LapChart } from './lap-chart.js';
import { liveRows } from './live-rows.js';
import { neededNow, outlookNow, outlookText } from './outlook-line.js';

interface RunProps {
  readonly state: RaceState;
  readonly run: RunState | undefined;
}

export function OnTrackPanel({ state, run, now }: RunProps & { readonly now: Stamp | null }) {
  if (run === undefined)
    return (
      <Panel title={words.show.onTrack}>
        <Soft>{words.show.nobodyOnTrack}</Soft>
      </Panel>
    );
  const outlook = outlookNow(state, run, now);
  const told = outlook === null ? null : outlookText(outlook, state, run);
  return (
    <>
      <Paper p={0} style={{ overflow: 'hidden', zoom: 0.8 }}>
        <RunHero run={run} state={state} />
        {told === null ? null : (
          <Box p="sm" data-testid="outlook">
            <Text c="dimmed">{words.show.projected}</Text>
            <Text fz="1.5rem" fw={750}>
              {told.place} · {told.score}
            </Text>
            <Text c="dimmed">{[told.range, told.gap, told.laps].filter((part) => part !== '').join(' · ')}</Text>
          </Box>
        )}
      </Paper>
      <LapStrip run={run} state={state} />
    </>
  );
}

/** What better places would take: so many of them. */
const placesTold = 5;

export function NeededPanel({ state, run, now }: { state: RaceState; run: RunState; now: Stamp | null }) {
  const own = liveRows(state, run).find(({ racer }) => racer === run.racer)?.place ?? state.standings.length + 1;
  const places = Array.from({ length: own - 1 }, (_, index) => index + 1);
  const shown = places.length <= placesTold ? places : [...places.slice(0, 3), ...places.slice(-2)];
  const needed = shown.flatMap((place) => neededNow(state, run, place, now) ?? []);
  if (run.racer === null || (run.phase !== 'running' && run.phase !== 'paused')) return null;
  return (
    <Panel title={words.show.whatItTakes}>
      {needed.length === 0 ? (
        <Soft>{words.show.holdsThis}</Soft>
      ) : (
        <Rows data-testid="needed">
          {needed.map(({ place, holder, laps, pace, chance }) => (
            <li key={place}>
              <Text span flex={1} miw={0} truncate>
                {words.show.needs(place, holder.alias)}
              </Text>
              <Text span fw={700}>
                {words.show.needsPace(laps, lapTime(pace))}
              </Text>
              <Text span c="dimmed" title={words.show.chanceTitle}>
                {words.show.chance(chance > 0 && chance < 0.01 ? '< 1' : Math.round(chance * 100))}
              </Text>
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  );
}

/** So many of the last records' moments are asked for, and so many told. */
const recent = { records: 400, moments: 12 };

export const useMoments = ({ race, seq }: Pick<RaceState, 'race' | 'seq'>) =>
  useQuery({
    queryKey: ['moments', race, seq],
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    queryFn: ({ signal }) =>
      get(
        `/api/v1/races/${race}/moments?after=${Math.max(0, seq - recent.records)}&language=${language}`,
        (value) => parse(MomentPage, value, 'The moments'),
        signal,
      ),
  });

export function HappenedPanel({ state }: { readonly state: RaceState }) {
  const { data } = useMoments(state);
  const moments = (data?.moments ?? []).slice(-recent.moments).toReversed();
  return (
    <Panel title={words.show.whatHappened}>
      {moments.length === 0 ? <Soft>{words.show.nothingYet}</Soft> : null}
      <Rows data-testid="moments">
        {moments.map(({ moment, text, epoch }) => (
          <li key={moment.id}>
            <Text span c="dimmed" fz="0.9rem">
              {timeOfDay(epoch)}
            </Text>
            <Text span flex={1} miw={0}>
              {text}
            </Text>
          </li>
        ))}
      </Rows>
    </Panel>
  );
}

export function RecordsPanel({ state, run }: RunProps) {
  const { data } = useMoments(state);
  const record = data?.record ?? null;
  const told = (best: Best | null) =>
    best === null ? words.show.none : `${lapTime(best.time)} · ${aliasOf(state, best.racer)}`;
  const own = run === undefined ? null : bestLapOf(state, run.racer);
  return (
    <Panel title={words.show.records}>
      <Facts least="9rem">
        <Fact name={words.show.trackRecord}>
          {record === null ? words.show.none : `${lapTime(record.time)} · ${record.alias}`}
        </Fact>
        <Fact name={words.show.raceBest}>{told(bestLapOf(state))}</Fact>
        <Fact name={words.show.ownBest}>{own === null ? words.show.none : lapTime(own.time)}</Fact>
        {bestSectorsOf(state).map((best, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sectors are numbered
          <Fact key={index} name={words.show.sectorBest(index + 1)}>
            {told(best)}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

const Results = z.object({ results: z.array(KeptResult) });

interface HistoryProps extends RunProps {
  readonly boards: RaceEventView['boards'];
}

/** What whoever drives did before: in this race, and on the boards of race and event. */
export function HistoryPanel({ state, run, boards }: HistoryProps) {
  const racer = run?.racer ?? null;
  const { leaderboard } = state.setup;
  const ids = [...new Set([...(leaderboard === null ? [] : [leaderboard]), ...boards.map(({ id }) => id)])];
  const onBoards = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['history', id, racer],
      enabled: racer !== null,
      retry: false,
      staleTime: 30_000,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get(
          `/api/v1/leaderboards/${id}/racers/${racer}/results?limit=10`,
          (value) => parse(Results, value, 'The results').results,
          signal,
        ),
    })),
  });
  if (run === undefined || racer === null) return null;
  const before = runsOf(state, racer, run.runId);
  const here = new Set(state.runs.map(({ runId }) => runId));
  const rows = ids.flatMap((id, index) =>
    (onBoards[index]?.data ?? [])
      .filter(({ result }) => !here.has(result.resultId))
      .map((kept) => ({ ...kept, board: boards.find((board) => board.id === id)?.name ?? id })),
  );
  return (
    <Panel title={words.show.historyOf(aliasOf(state, racer))}>
      {before.length === 0 && rows.length === 0 ? <Soft>{words.show.noHistory}</Soft> : null}
      <Rows data-testid="history">
        {before.map((one, index) => (
          <li key={one.runId}>
            <Text span flex={1}>
              {words.show.runOf(state.setup.name, before.length - index)}
            </Text>
            <Text span fw={700}>
              {one.score === null ? words.show.noResult : lapTime(one.score)}
            </Text>
          </li>
        ))}
        {rows.map(({ result, score, board }) => (
          <li key={`${board} ${result.resultId}`}>
            <Text span flex={1}>
              {board} · {dateText(result.finishedAt, Intl.DateTimeFormat().resolvedOptions().timeZone)}
            </Text>
            <Text span fw={700}>
              {score === null ? words.show.noResult : lapTime(score)}
            </Text>
          </li>
        ))}
      </Rows>
    </Panel>
  );
}

/** The run beside another racer's laps and sectors. */
export function ComparePanel({ state, run }: RunProps) {
  const [chosen, setChosen] = useState<RacerId | ''>('');
  const racer = run?.racer ?? null;
  const others = state.standings.filter((one) => one.racer !== racer && lapTimesOf(state, one.racer).length > 0);
  const other = others.find((one) => one.racer === chosen) ?? others[0];
  const own = lapTimesOf(state, racer);
  if (run === undefined) return null;
  const mine = bestSectorsOf(state, racer);
  const theirs = other === undefined ? [] : bestSectorsOf(state, other.racer);
  const series = [
    { alias: aliasOf(state, racer), times: own },
    ...(other === undefined ? [] : [{ alias: other.alias, times: lapTimesOf(state, other.racer) }]),
  ];
  return (
    <Panel title={words.show.lapChart}>
      {others.length === 0 ? null : (
        <ChoiceField
          label={words.show.compareWith}
          value={other?.racer ?? ''}
          options={others.map((one) => [one.racer, one.alias] as const)}
          onValue={(value) => setChosen(value as RacerId)}
        />
      )}
      <LapChart series={series} />
      {mine.length === 0 || other === undefined ? null : (
        <Table aria-label={words.show.sectors}>
          <Table.Tbody>
            {mine.map((best, index) => {
              const theirsIs = theirs[index] ?? null;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: sectors are numbered
                <Table.Tr key={index}>
                  <Table.Th scope="row">{words.show.sectorBest(index + 1)}</Table.Th>
                  <Table.Td>{best === null ? '—' : lapTime(best.time)}</Table.Td>
                  <Table.Td>{theirsIs === null ? '—' : lapTime(theirsIs.time)}</Table.Td>
                  <Table.Td>{best === null || theirsIs === null ? '' : gapTime(best.time, theirsIs.time)}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
