import type { RaceState } from '@pitwall/protocol/race';
import { Link } from 'wouter';
import { useAccount, useSession } from '../session/index.js';
import { words } from '../words/index.js';

/** What whoever looks can take home of this race: where they drove in it. */
export function OwnCertificate({ state }: { readonly state: RaceState }) {
  const { token } = useSession();
  const name = useAccount(token).data?.name;
  if (name === undefined || !state.runs.some(({ racer, phase }) => racer === name && phase === 'confirmed'))
    return null;
  return (
    <>
      {' · '}
      <Link href={`/races/${state.race}/certificate/${name}`}>{words.race.yourCertificate}</Link>
    </>
  );
}
