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
  /** `body`: what is sent, or what asks for it first. */
  enter(path: string, body: object | (() => Promise<object>)): void;
}

/** What signs somebody in, however: asks, and goes on to where they wanted to be. */
export function useEntry(then = '/account'): Entry {
  const { signIn } = useSession();
  const queries = useQueryClient();
  const client = useLiveClient();
  const role = useServiceRole();
  const [, go] = useLocation();
  const to = pageIn(useSearch());
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const enter: (...given: Parameters<Entry['enter']>) => Promise<void> = async (path, given) => {
    if (busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      const body = typeof given === 'function' ? await (given as () => Promise<object>)() : given;
      await ask(path, { method: 'POST', token: null, body });
      signIn(cookieSession);
      void queries.resetQueries();
      if (role === 'all') {
        // The live connection is somebody else's now.
        client.stop();
        client.start();
      }
      go(to ?? then, { replace: true });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  return { busy, refusal, enter: (path, body) => void enter(path, body) };
}

/** Where somebody wanted to be, as the address says: a page of ours, never another site's. */
export function pageIn(search: string): string | null {
  const to = new URLSearchParams(search).get('to');
  return to !== null && /^\/(?![/\\])/.test(to) ? to : null;
}

/** The key behind the `#` of the address, which browsers send to nobody. */
export const keyInAddress = (): string => window.location.hash.slice(1);
