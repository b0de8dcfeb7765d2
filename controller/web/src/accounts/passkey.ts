import { parse } from '@pitwall/protocol';
import { NewPasskey, PasskeyCreation, PasskeyProof, PasskeyRequest } from '@pitwall/protocol/api';
import { ask } from '../http/index.js';
import { words } from '../words/index.js';

/**
 * Whether a browser makes passkeys for this address: only over TLS or on the machine itself, and only for a name (Web Authentication
 * Level 3, §5.1.3: the effective domain must be a valid domain, which an IP address is not).
 */
export function passkeysWorkHere(): boolean {
  const { hostname } = window.location;
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  return window.isSecureContext && !isAddress && window.PublicKeyCredential !== undefined;
}

/** Asks the controller what to ask for, and the browser for that. @throws Error with a sentence for people */
export async function makePasskey(path: string, token: string | null, body?: object): Promise<NewPasskey> {
  const answer = await ask(path, { method: 'POST', token, ...(body === undefined ? {} : { body }) });
  const optionsJSON = parse(PasskeyCreation, await answer.json(), 'What the browser is asked for');
  const { startRegistration } = await import('@simplewebauthn/browser');
  return parse(NewPasskey, await said(startRegistration({ optionsJSON })), 'The passkey');
}

/** @throws Error with a sentence for people */
export async function showPasskey(): Promise<PasskeyProof> {
  const answer = await ask('/api/v1/session/passkey/options', { method: 'POST', token: null });
  const optionsJSON = parse(PasskeyRequest, await answer.json(), 'What the browser is asked for');
  const { startAuthentication } = await import('@simplewebauthn/browser');
  return parse(PasskeyProof, await said(startAuthentication({ optionsJSON })), 'The passkey');
}

/** What browsers say in English for programmers, by its name (Web Authentication Level 3, §5.1.3 and §5.1.4). */
async function said<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : '';
    const isThere = name === 'InvalidStateError';
    throw new Error(isThere ? words.accounts.passkeyIsThere : words.accounts.passkeyNotGiven, { cause });
  }
}
