import type { SeasonStandings } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { Banner, Note, Title } from '../shell/index.js';
import styles from './season.module.css';
import { useSeason } from './use-seasons.js';

type Race = SeasonStandings['races'][number];
type Row = SeasonStandings['rows'][number];

/** A season: everyone's points, race by race. */
export default function SeasonPage({ id }: { readonly id: string }) {
  const { data, error } = useSeason(id);
  if (data === undefined)
    return error === null ? <Note title="One moment …" /> : <Note title="No season to show.">{error.message}</Note>;
  const { name, races, rows, points, bestOf } = data;
  const someAreLeftOut = rows.some((row) => row.races.some(({ counts }) => !counts));
  return (
    <>
      <Title
        aside={
          <p>
            {races.length === 1 ? 'One race' : `${races.length} races`}
            {bestOf === null || bestOf >= races.length
              ? ''
              : `, of which a racer’s ${bestOf === 1 ? 'best one counts' : `best ${bestOf} count`}`}
          </p>
        }
      >
        {name}
      </Title>
      {error === null ? null : <Banner>The season cannot be read now; this is how it stood.</Banner>}
      {rows.length === 0 ? <Note title="Nobody has points yet." /> : null}
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th>Place</th>
              <th>Racer</th>
              <th className={styles.number}>Points</th>
              {races.map((race) => (
                <RaceHead key={raceKey(race)} race={race} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Racer key={row.racer} row={row} races={races} />
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.legend}>
        Points by place: {points.join(', ')}.
        {someAreLeftOut ? ' In brackets: does not count, the racer has better races.' : ''}
      </p>
    </>
  );
}

const raceKey = ({ leaderboard, column, country, division }: Race): string =>
  JSON.stringify([leaderboard, column, country, division]);

const columns: Record<Race['column'], string> = {
  physical: 'on the track',
  virtual: 'virtual',
  combined: 'both kinds',
};

function RaceHead({ race }: { readonly race: Race }) {
  const { leaderboard, name, column, country, division } = race;
  const part = Object.entries({ country, division }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const query = part.length === 0 ? '' : `?${new URLSearchParams(part)}`;
  return (
    <th className={styles.race}>
      <Link href={`/boards/${leaderboard}${query}`}>{name}</Link>
      <small>{[columns[column], country, division].filter((text) => text !== undefined).join(', ')}</small>
    </th>
  );
}

function Racer({ row, races }: { readonly row: Row; readonly races: readonly Race[] }) {
  return (
    <tr data-place={row.rank}>
      <td className={styles.place}>{row.rank}</td>
      <th scope="row">{row.alias}</th>
      <td className={styles.points}>{row.points}</td>
      {races.map((race, index) => {
        const score = row.races.find((one) => one.race === index);
        return (
          <td key={raceKey(race)} className={styles.number} data-counts={score?.counts}>
            {score === undefined ? '–' : score.counts ? score.points : `(${score.points})`}
            {score === undefined ? null : <small>place {score.place}</small>}
          </td>
        );
      })}
    </tr>
  );
}
