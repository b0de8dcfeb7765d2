import { RaceLinks, theRace, useRaces } from '../race/index.js';
import { Narrow, Note, PageTitle } from '../shell/index.js';
import MarshalPage from './marshal-page.js';

/** The race to run, where there is one; else which one? */
export default function MarshalHome() {
  const { data, error } = useRaces();
  if (data === undefined)
    return error === null ? (
      <Note title="One moment …" />
    ) : (
      <Note title="The races cannot be read.">{error.message}</Note>
    );
  if (data.races.length === 0) return <Note title="There is no race yet.">The page “Setup” makes one.</Note>;
  const one = theRace(data.races);
  return one === undefined ? (
    <Narrow>
      <PageTitle>Which race?</PageTitle>
      <RaceLinks races={data.races} prefix="/marshal" />
    </Narrow>
  ) : (
    <MarshalPage race={one.race} />
  );
}
