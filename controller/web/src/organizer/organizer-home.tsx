import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { RequireMarshal } from '../marshal/index.js';
import { RaceLinks, useRaces } from '../race/index.js';
import { Empty, Narrow, Note, PageTitle } from '../shell/index.js';
import { words } from '../staff-words/index.js';

/** Which race to set up, or a new one. */
export default function OrganizerHome() {
  return (
    <RequireMarshal title={words.organizer.organizer} submit={words.organizer.setUpRaces}>
      {() => <Races />}
    </RequireMarshal>
  );
}

function Races() {
  const { data, error } = useRaces();
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.common.theRacesCannotBeRead}>{error.message}</Note>
    );
  return (
    <Narrow>
      <PageTitle
        aside={
          <nav aria-label={words.common.setup}>
            <Link href="/tracks">{words.common.tracks}</Link> <Link href="/held">{words.common.resultsThatWait}</Link>
            <Button component={Link} href="/organizer/new">
              {words.organizer.newRace}
            </Button>
          </nav>
        }
      >
        {words.common.races}
      </PageTitle>
      {data.races.length === 0 ? (
        <Empty title={words.common.thereIsNoRaceYet} />
      ) : (
        <RaceLinks races={data.races} prefix="/organizer/races" />
      )}
    </Narrow>
  );
}
