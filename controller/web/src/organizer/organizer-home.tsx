import { Link } from 'wouter';
import { forms } from '../forms/index.js';
import { ForStaff } from '../marshal/index.js';
import { RaceLinks, useRaces } from '../race/index.js';
import { Narrow, Note, Title } from '../shell/index.js';

/** Which race to set up, or a new one. */
export default function OrganizerHome() {
  return (
    <ForStaff title="Organizer" submit="Set up races">
      {() => <Races />}
    </ForStaff>
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
      <Title
        aside={
          <nav aria-label="Setup">
            <Link href="/held">Results that wait</Link>
            <Link href="/organizer/new" className={forms.primary}>
              New race
            </Link>
          </nav>
        }
      >
        Races
      </Title>
      {data.races.length === 0 ? (
        <Note title="There is no race yet." />
      ) : (
        <RaceLinks races={data.races} prefix="/organizer/races" />
      )}
    </Narrow>
  );
}
