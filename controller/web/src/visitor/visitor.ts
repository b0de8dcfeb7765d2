import { useSyncExternalStore } from 'react';
import type { Credentials } from '../http/index.js';

const tokenPlace = 'pitwall-token';
const invitationsPlace = 'pitwall-invitations';

const listeners = new Set<() => void>();
const tell = (): void => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const token = (): string | null => sessionStorage.getItem(tokenPlace);
const invitations = (): string => sessionStorage.getItem(invitationsPlace) ?? '{}';

/** Who looks at the pages. It lives as long as the tab does, and is in no address, no log and no other tab. */
export function useToken(): { token: string | null; keep: (given: string) => void; forget: () => void } {
  return {
    token: useSyncExternalStore(subscribe, token),
    keep: (given) => {
      sessionStorage.setItem(tokenPlace, given);
      tell();
    },
    forget: () => {
      sessionStorage.removeItem(tokenPlace);
      sessionStorage.removeItem(invitationsPlace);
      tell();
    },
  };
}

/** What this visitor shows when it asks about a race. */
export function useCredentials(race?: string): Credentials {
  const { token } = useToken();
  const kept = useSyncExternalStore(subscribe, invitations);
  const invitation = race === undefined ? undefined : (JSON.parse(kept) as Record<string, string>)[race];
  return { token, invitation };
}

/** Keeps the key with which a race was shown, for as long as the tab lives. */
export function keepInvitation(race: string, key: string): void {
  const kept = JSON.parse(invitations()) as Record<string, string>;
  sessionStorage.setItem(invitationsPlace, JSON.stringify({ ...kept, [race]: key }));
  tell();
}
