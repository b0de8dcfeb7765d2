import { Banner, Empty, Note, PageTitle } from '../shell/index.js';
import { words } from '../words/index.js';
import { SeasonTable } from './season-table.js';
import { useSeason } from './use-seasons.js';

/** A season: everyone's points, race by race. */
export default function SeasonPage({ id }: { readonly id: string }) {
  const { data, error } = useSeason(id);
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.seasons.noSeasonToShow}>{error.message}</Note>
    );
  const { name, races, rows, bestOf } = data;
  return (
    <>
      <PageTitle
        aside={
          <span>
            {words.seasons.races(races.length)}
            {bestOf === null || bestOf >= races.length
              ? ''
              : words.seasons.ofWhichARacers(words.seasons.bestCount(bestOf))}
          </span>
        }
      >
        {name}
      </PageTitle>
      {error === null ? null : <Banner>{words.seasons.theSeasonCannotBeRead}</Banner>}
      {rows.length === 0 ? <Empty title={words.seasons.nobodyHasPointsYet} /> : null}
      <SeasonTable {...data} />
    </>
  );
}
