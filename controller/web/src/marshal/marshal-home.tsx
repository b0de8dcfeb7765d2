import { RaceLinks, theRace, useRaces } from '../race/index.js';
import { Narrow, Note, PageTitle } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import MarshalPage from './marshal-page.js';

/** The race to run, where there is one; else which one? */
export default function MarshalHome() {
  const { data, error } = useRaces();
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.common.theRacesCannotBeRead}>{error.message}</Note>
    );
  if (data.races.length === 0)
    return <Note title={words.common.thereIsNoRaceYet}>{words.marshal.thePageSetupMakesOne}</Note>;
  const one = theRace(data.races);
  return one === undefined ? (
    <Narrow>
      <PageTitle>{words.marshal.whichRace}</PageTitle>
      <RaceLinks races={data.races} prefix="/marshal" />
    </Narrow>
  ) : (
    <MarshalPage race={one.race} />
  );
}
