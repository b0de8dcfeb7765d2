import { isPitwallError, parse } from '@pitwall/protocol';
import { InvitationKey, OnlineRace } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../http/index.js';
import { words } from '../online-words/index.js';
import { keepInvitation, useSession } from '../session/index.js';
import { Note } from '../shell/index.js';
import { keys, received } from './use-online.js';

const dead = words.online.thisLinkIsGoodFor;

/**
 * Opens an invitation. Its key is behind the # of the address, which browsers send to nobody; it is shown to the server in the
 * body of one request, and then kept in this tab.
 */
export default function InvitationPage() {
  const { token } = useSession();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [refused, setRefused] = useState<string | null>(null);
  const [hash, setHash] = useState(() => window.location.hash);
  useEffect(() => {
    const read = () => setHash(window.location.hash);
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  useEffect(() => {
    const key = InvitationKey.safeParse(hash.slice(1));
    if (!key.success) return setRefused(dead);
    const stop = new AbortController();
    setRefused(null);
    ask('/api/v1/invitations', { token, method: 'POST', body: { key: key.data }, signal: stop.signal })
      .then(async (answer) => parse(OnlineRace, await answer.json(), 'The invitation'))
      .then((race) => {
        keepInvitation(race.race, key.data);
        queries.setQueryData(keys.race({ token, invitation: key.data }, race.race), received(race));
        go(`/online/${race.race}`, { replace: true });
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        const gone = isPitwallError(error) && error.code === 'not-found';
        setRefused(gone || !(error instanceof Error) ? dead : error.message);
      });
    return () => stop.abort();
  }, [hash, token, queries, go]);
  if (refused === null) return <Note title={words.online.openingTheInvitation} />;
  return <Note title={words.online.noRaceBehindThisLink}>{words.online.askWhoeverSentItFor(refused)}</Note>;
}
