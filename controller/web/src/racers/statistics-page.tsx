import { Table } from '@mantine/core';
import type { LapRecord, Statistics } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { countryName } from '../forms/index.js';
import { Note, PageTitle, Panel, Rows, Soft, Split } from '../shell/index.js';
import { dateText, lapTime } from '../times/index.js';
import { decimal, language, words } from '../words/index.js';
import { FindRacer } from './find-racer.js';
import { RacerLink } from './racer-link.js';
import { useStatistics } from './use-racers.js';
import { WideTable } from './wide-table.js';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const mostOfList = 10;

/** Records, racers and models across all boards that everybody may see. */
export default function StatisticsPage() {
  const { data, error } = useStatistics();
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.racers.cannotBeRead}>{error.message}</Note>
    );
  const { records, countries, families, racers } = data;
  return (
    <>
      <PageTitle
        aside={
          <>
            <span>{words.common.racers(racers)}</span>
            <Link href="/boards">{words.common.boards}</Link>
            <Link href="/seasons">{words.racers.seasons}</Link>
          </>
        }
      >
        {words.racers.statistics}
      </PageTitle>
      <FindRacer />
      <Split>
        <div>
          <Panel title={words.racers.records}>
            {records.length === 0 ? <Soft>{words.racers.noRecords}</Soft> : <Records records={records} />}
          </Panel>
          <FastestEver records={records} />
        </div>
        <div>
          <Countries countries={countries} />
          <Families families={families} />
        </div>
      </Split>
    </>
  );
}

const keyOf = ({ track, kind }: LapRecord): string => `${JSON.stringify(track)} ${kind}`;
const resultPath = ({ leaderboard, resultId }: LapRecord): string => `/boards/${leaderboard}/results/${resultId}`;

const Records = ({ records }: { readonly records: readonly LapRecord[] }) => (
  <WideTable heads={[words.common.track, words.common.racer, words.common.lap]} figuresFrom={2}>
    {records.map((record) => (
      <Table.Tr key={keyOf(record)}>
        <Table.Td miw="8rem">
          {record.trackName}
          <Soft>
            {words.common.directions[record.track.direction]}, {words.racers.kinds[record.kind]}
          </Soft>
        </Table.Td>
        <Table.Td>
          <RacerLink {...record} />
          <Soft>
            {[dateText(record.finishedAt, here), record.model, record.imported ? words.boards.imported : null]
              .filter((part) => part !== null)
              .join(' · ')}
          </Soft>
        </Table.Td>
        <Table.Td ta="right" fz="1.2rem" fw={750}>
          <Link href={resultPath(record)}>{lapTime(record.lap)}</Link>
        </Table.Td>
      </Table.Tr>
    ))}
  </WideTable>
);

function FastestEver({ records }: { readonly records: readonly LapRecord[] }) {
  const fastest = records
    .filter(({ speed }) => speed !== null)
    .sort((a, b) => (b.speed ?? 0) - (a.speed ?? 0))
    .slice(0, mostOfList);
  if (fastest.length === 0) return null;
  return (
    <Panel title={words.racers.fastestEver}>
      <Rows ordered>
        {fastest.map((record) => (
          <li key={keyOf(record)}>
            <b>{words.racers.metresPerSecond(decimal(record.speed ?? 0, 2))}</b>
            <RacerLink {...record} />
            <Soft>
              {record.trackName}, {words.racers.kinds[record.kind]}
            </Soft>
          </li>
        ))}
      </Rows>
      <Soft>{words.racers.fastestHow}</Soft>
    </Panel>
  );
}

const Countries = ({ countries }: Pick<Statistics, 'countries'>) => (
  <Panel title={words.racers.byCountry}>
    {countries.length === 0 ? <Soft>{words.racers.noResults}</Soft> : null}
    <Rows>
      {countries.map(({ country, racers }) => (
        <li key={country ?? ''}>
          <span style={{ flex: 1 }}>{country === null ? words.racers.noCountry : countryName(country, language)}</span>
          <b>{racers}</b>
        </li>
      ))}
    </Rows>
  </Panel>
);

const Families = ({ families }: Pick<Statistics, 'families'>) => (
  <Panel title={words.racers.modelFamilies}>
    {families.length === 0 ? (
      <Soft>{words.racers.noResults}</Soft>
    ) : (
      <WideTable
        heads={[words.racers.family, words.racers.howMany, words.racers.models, words.racers.recordsHeld]}
        figuresFrom={1}
      >
        {families.map(({ family, racers, models, records }) => (
          <Table.Tr key={family}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{family}</Table.Td>
            <Table.Td ta="right">{racers}</Table.Td>
            <Table.Td ta="right">{models}</Table.Td>
            <Table.Td ta="right">{records}</Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
    )}
    <Soft>{words.racers.familiesHow}</Soft>
  </Panel>
);
