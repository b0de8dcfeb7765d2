import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { RequireMarshal } from '../marshal/index.js';
import { RaceLinks, useRaces } from '../race/index.js';
import { Empty, Narrow, Note, PageTitle } from '../shell/index.js';

/** Which race to set up, or a new one. */
export default function OrganizerHome() {
  return (
    <RequireMarshal title="Organizer" submit="Set up races">
      {() => <Races />}
    </RequireMarshal>
  );
}

function Races() {
  const { data, error } = useRaces();
  if (data === undefined)
    return error === null ? (
      <Note title="One moment …" />
    ) : (
      <Note title="The races cannot be read.">{error.message}</Note>
    );
  return (
    <Narrow>
      <PageTitle
        aside={
          <nav aria-label="Setup">
            <Link href="/held">Results that wait</Link>
            <Button component={Link} href="/organizer/new">
              New race
            </Button>
          </nav>
        }
      >
        Races
      </PageTitle>
      {data.races.length === 0 ? (
        <Empty title="There is no race yet." />
      ) : (
        <RaceLinks races={data.races} prefix="/organizer/races" />
      )}
    </Narrow>
  );
}
