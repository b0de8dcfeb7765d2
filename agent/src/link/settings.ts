import { readFileSync } from 'node:fs';
import { PitwallError } from '@pitwall/protocol';
import type { LinkSettings } from './car-link.js';

/** The `link` of the agent's configuration. */
export interface LinkConfig {
  readonly url: string;
  readonly http?: string | undefined;
  readonly passwordfile: string;
  readonly ca?: string | undefined;
  readonly insecure: boolean;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws PitwallError `link-insecure`, `not-found` */
export function readLink({ url, passwordfile, ca, insecure }: LinkConfig): LinkSettings {
  demandClosed(new URL(url), insecure, 'link.url');
  const password = read(passwordfile, 'The car’s password').split('\n')[0]!.trim();
  return { url, password, ...(ca === undefined ? {} : { ca: read(ca, 'The authority’s certificate') }) };
}

/**
 * Where archives come from, with the car's password: the configuration names it, and no command can.
 * @throws PitwallError `link-insecure`
 */
export function controllerOf(
  link: LinkConfig,
  { password, ca }: LinkSettings,
): { readonly url: string; readonly token: string; readonly ca?: string } {
  const broker = new URL(link.url);
  const url = link.http ?? `${broker.protocol === 'mqtts:' ? 'https' : 'http'}://${broker.hostname}:8080`;
  demandClosed(new URL(url), link.insecure, 'link.http');
  return { url, token: password, ...(ca === undefined ? {} : { ca }) };
}

function demandClosed({ protocol, hostname }: URL, insecure: boolean, what: string): void {
  if (protocol === 'mqtts:' || protocol === 'https:' || insecure || loopback.has(hostname)) return;
  throw new PitwallError(
    'link-insecure',
    `${hostname} is beyond loopback and ${what} has no TLS: use ${protocol.slice(0, -1)}s://, or set link.insecure to true.`,
  );
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PitwallError('not-found', `${what} cannot be read from ${file}.`, { cause });
  }
}
