import { useSyncExternalStore } from 'react';
import { type Credentials, cookieSession } from '../http/index.js';

const tokenPlace = 'pitwall-token';
const invitationsPlace = 'pitwall-invitations';
/** In every tab: that somebody has signed in here. Who, the server says. */
const signedInPlace = 'pitwall-signed-in';

const listeners = new Set<() => void>();
const tell = (): void => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  // Signed in or out in another tab.
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
};

const token = (): string | null =>
  sessionStorage.getItem(tokenPlace) ?? (localStorage.getItem(signedInPlace) === null ? null : cookieSession);
const invitations = (): string => sessionStorage.getItem(invitationsPlace) ?? '{}';

/** Why the last token is not held any more; null where the visitor left by themselves. */
let refused: string | null = null;

interface Session {
  /** `cookieSession` where somebody has signed in; a token of this tab goes before. */
  readonly token: string | null;
  readonly refused: string | null;
  /** With a token that the server knows, or with `cookieSession`. */
  signIn(given: string): void;
  /** `why`: what the next form says. */
  signOut(why?: string): void;
}

function signIn(given: string): void {
  refused = null;
  if (given === cookieSession) {
    sessionStorage.removeItem(tokenPlace);
    localStorage.setItem(signedInPlace, 'yes');
  } else sessionStorage.setItem(tokenPlace, given);
  tell();
}

function signOut(why?: string): void {
  refused = why ?? null;
  if (token() === cookieSession) localStorage.removeItem(signedInPlace);
  sessionStorage.removeItem(tokenPlace);
  sessionStorage.removeItem(invitationsPlace);
  tell();
}

/** Who looks at the pages. A token lives as long as the tab does, and is in no address, no log and no other tab; who has signed in is
 * so in every tab. */
export function useSession(): Session {
  return {
    token: useSyncExternalStore(subscribe, token),
    refused: useSyncExternalStore(subscribe, () => refused),
    signIn,
    signOut,
  };
}

/** What this visitor shows when it asks about a race. */
export function useCredentials(race?: string): Credentials {
  const { token } = useSession();
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

/** Where one signs in, and comes back from. */
export const signInTo = (location: string): string =>
  location === '/' || location === '/sign-in' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(location)}`;
