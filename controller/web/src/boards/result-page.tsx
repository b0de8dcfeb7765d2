import { Box, Table } from '@mantine/core';
import { isPitwallError, parse } from '@pitwall/protocol';
import { KeptResult } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { get, useServiceRole } from '../http/index.js';
import { RacerLink } from '../racers/index.js';
import { Fact, Facts, Note, PageTitle, Panel, Soft, Split } from '../shell/index.js';
import { dateText, lapTime, plusMinus } from '../times/index.js';
import { words } from '../words/index.js';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** One result: its laps, and everything by which anyone can judge it. */
export default function ResultPage({ board, id }: { readonly board: string; readonly id: string }) {
  const { data, error } = useQuery({
    queryKey: ['result', board, id],
    queryFn: ({ signal }) =>
      get(
        `/api/v1/leaderboards/${encodeURIComponent(board)}/results/${encodeURIComponent(id)}`,
        (value) => parse(KeptResult, (value as { current: unknown }).current, 'The result'),
        signal,
      ),
  });
  if (data !== undefined) return <Shown board={board} kept={data} />;
  if (error === null) return <Note title={words.common.oneMoment} />;
  const isNone = isPitwallError(error) && ['not-found', 'message-invalid'].includes(error.code);
  return (
    <Note title={isNone ? words.racers.noSuchResult : words.racers.cannotBeRead}>
      {isNone ? <Link href={`/boards/${board}`}>{words.boards.leaderboard}</Link> : error.message}
    </Note>
  );
}

function Shown({ board, kept }: { readonly board: string; readonly kept: KeptResult }) {
  const { result, racer, state, score } = kept;
  return (
    <>
      <PageTitle
        aside={
          <>
            <span>{words.racers.status[state]}</span>
            <RacerLink racer={racer} alias={result.alias} />
            <Link href={`/boards/${board}`}>{words.boards.leaderboard}</Link>
          </>
        }
      >
        {words.racers.theResult(result.alias)}
      </PageTitle>
      <Split>
        <Panel title={words.common.laps} aside={score === null ? undefined : lapTime(score)}>
          {result.laps.length === 0 ? <Soft>{words.common.noLapYet}</Soft> : <Laps laps={result.laps} />}
        </Panel>
        <Panel title={words.racers.source}>
          <Whence board={board} kept={kept} />
        </Panel>
      </Split>
    </>
  );
}

const Laps = ({ laps }: { readonly laps: KeptResult['result']['laps'] }) => (
  <Box style={{ overflowX: 'auto' }}>
    <Table verticalSpacing="0.25rem">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.common.lap}</Table.Th>
          <Table.Th ta="right">{words.racers.time}</Table.Th>
          <Table.Th ta="right">{words.common.resets}</Table.Th>
          <Table.Th ta="right">{words.racers.offTracks}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {laps.map((lap, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: laps never move, and their numbers may repeat
          <Table.Tr key={index} {...(lap.valid ? {} : { c: 'dimmed' })}>
            <Table.Td>{lap.lap}</Table.Td>
            <Table.Td ta="right">
              <b>{lapTime(lap.time)}</b>{' '}
              <small>
                {lap.penalty > 0 ? words.racers.withPenalty(lapTime(lap.penalty)) : ''}
                {lap.uncertainty > 0 ? ` ${plusMinus(lap.uncertainty)}` : ''}
                {lap.valid ? '' : words.racers.invalid}
              </small>
            </Table.Td>
            <Table.Td ta="right">{lap.resets}</Table.Td>
            <Table.Td ta="right">{lap.offTracks}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Box>
);

function Whence({ board, kept: { result, signed } }: { readonly board: string; readonly kept: KeptResult }) {
  const { provenance, track, rules, model, finishedAt, resultId, revision } = result;
  const race = provenance.kind === 'imported' ? undefined : provenance.race;
  const isHere = useIsHere(board, provenance.kind === 'physical' ? race : undefined);
  return (
    <Facts>
      <Fact name={words.racers.source}>
        {provenance.source}, {signed ? words.racers.signed : words.racers.notSigned}
      </Fact>
      {provenance.kind === 'imported' ? (
        <Fact name={words.boards.imported}>{words.racers.importedFrom(provenance.from, provenance.by)}</Fact>
      ) : null}
      {race === undefined ? null : (
        <Fact name={words.common.race}>
          {isHere ? <Link href={`/races/${race}`}>{race}</Link> : race}
          {isHere ? (
            <div>
              <a href={`/api/v1/races/${encodeURIComponent(race)}/sheet`}>{words.racers.resultSheet}</a>
            </div>
          ) : null}
        </Fact>
      )}
      {provenance.kind === 'virtual' ? (
        <Fact name={words.racers.simulator}>
          {words.racers.simulatorVersion(provenance.simulatorVersion, provenance.checkpoint)}
          {race === undefined ? null : (
            <div>
              <Link href={`/online/${race}/submissions/${resultId}`}>{words.racers.theEvaluation}</Link>
            </div>
          )}
        </Fact>
      ) : null}
      {provenance.kind === 'physical' ? (
        <>
          <Fact name={words.common.gates}>
            {provenance.gates.map(({ gate, uncertainty }) => `${gate} ${plusMinus(uncertainty)}`).join(', ')}
          </Fact>
          <Fact name={words.common.car}>{provenance.car ?? words.racers.notNamed}</Fact>
        </>
      ) : null}
      <Fact name={words.common.track}>
        {words.common.trackVersion(track.id, track.version, words.common.directions[track.direction])}
      </Fact>
      <Fact name={words.common.rules}>
        {rules.name} <code>{rules.hash.slice(0, 12)}…</code>
      </Fact>
      <Fact name={words.common.model}>
        {model === null ? (
          words.racers.notNamed
        ) : (
          <>
            {model.name} <code>{model.hash.slice(0, 12)}…</code>
          </>
        )}
      </Fact>
      <Fact name={words.racers.date}>{dateText(finishedAt, here)}</Fact>
      <Fact name={words.racers.result}>
        <code>{resultId}</code>
        {words.common.revision(revision)}
      </Fact>
    </Facts>
  );
}

/** Whether the race is one of this controller's, and gives results to this board: another's may have the same id. */
function useIsHere(board: string, race: string | undefined): boolean {
  const role = useServiceRole();
  const { data } = useQuery({
    queryKey: ['race-of-result', race],
    enabled: race !== undefined && role === 'all',
    retry: false,
    queryFn: ({ signal }) =>
      get(
        `/api/v1/races/${encodeURIComponent(race ?? '')}`,
        (value) => (value as { setup?: { leaderboard?: string | null } }).setup?.leaderboard ?? '',
        signal,
      ),
  });
  return data === board;
}
