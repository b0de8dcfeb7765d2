import type { RaceId } from '@pitwall/protocol';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useLiveClient } from '../live/index.js';
import { Note } from '../shell/index.js';
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
  if (exists !== false) return <Note title="Waiting for the race …">The log of “{race}” has not come yet.</Note>;
  return (
    <Note title="There is no such race.">
      <span>
        None here has the name “{race}”. <Link href="/">The races that are</Link>
      </span>
    </Note>
  );
}
