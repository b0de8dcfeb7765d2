import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { ask, cookieSession, useServiceRole } from '../http/index.js';
import { useLiveClient } from '../live/index.js';
import { useSession } from '../session/index.js';
import { words } from '../words/index.js';

interface Entry {
  readonly busy: boolean;
  readonly refusal: string | null;
  enter(path: string, body: object): void;
}

/** What signs somebody in, however: asks, and goes on to where they wanted to be. */
export function useEntry(then = '/account'): Entry {
  const { signIn } = useSession();
  const queries = useQueryClient();
  const client = useLiveClient();
  const role = useServiceRole();
  const [, go] = useLocation();
  const to = new URLSearchParams(useSearch()).get('to');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const enter = async (path: string, body: object) => {
    if (busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      await ask(path, { method: 'POST', token: null, body });
      signIn(cookieSession);
      void queries.resetQueries();
      if (role === 'all') {
        // The live connection is somebody else's now.
        client.stop();
        client.start();
      }
      // To a page of ours, never to another site's.
      go(to !== null && /^\/(?![/\\])/.test(to) ? to : then, { replace: true });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  return { busy, refusal, enter: (path, body) => void enter(path, body) };
}

/** The key behind the `#` of the address, which browsers send to nobody. */
export const keyInAddress = (): string => window.location.hash.slice(1);
