import type { RaceId } from '@pitwall/protocol';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useLiveClient } from '../live/index.js';
import { Note } from '../shell/index.js';
import { words } from '../words/index.js';
import { useRaces } from './use-races.js';

/** Until a race's log has come; says at once where there is no such race. */
export function WaitingForRace({ race }: { readonly race: RaceId }) {
  const client = useLiveClient();
  const { data } = useRaces();
  const exists = data?.races.some((one) => one.race === race);
  useEffect(() => {
    // It may have been made after it was asked for.
    if (exists === true) client.refollow(race);
  }, [client, race, exists]);
  if (exists !== false) return <Note title={words.race.waitingForTheRace}>{words.race.theLogOfHasNot(race)}</Note>;
  return (
    <Note title={words.common.thereIsNoSuchRace}>
      <span>
        {words.race.noneHereHasTheName(race)} <Link href="/">{words.race.theRacesThatAre}</Link>
      </span>
    </Note>
  );
}
