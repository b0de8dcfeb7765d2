import { join } from 'node:path';
import type { Logger } from 'pino';
import { renderUnicodeCompact } from 'uqr';
import {
  CertificateFiles,
  type CertificateSource,
  isLoopback,
  LocalAuthority,
  labelOf,
  namesOfThisMachine,
} from '../tls/index.js';
import { type Config, doorsOf, isAnyHost } from './config.js';
import type { Say, Started } from './running.js';

const timers = {
  set: (action: () => void, ms: number): unknown => setTimeout(action, ms).unref(),
  clear: (timer: unknown): void => clearTimeout(timer as NodeJS.Timeout),
};

/** How this controller is reached, and how it shows who it is. */
export interface Network {
  /** Absent: everything is without TLS, on this machine alone or by --insecure. */
  readonly certificate: CertificateSource | undefined;
  /** Absent where the certificate is somebody else's, or there is none. */
  readonly authority: LocalAuthority | undefined;
  /** The name by which mDNS tells of this controller, without `.local`. */
  readonly label: () => string;
  /** Another has that name: this one is told by another. */
  rename(label: string): void;
  /** The host in links to what listens at `host`: a name where there is one, an address in the network otherwise. */
  readonly hostInLinks: (host: string) => string;
  /** As {@link hostInLinks}, by address: for those who do not find names. */
  readonly addressInLinks: (host: string) => string;
}

/** The certificates that the configuration asks for: none, files, or those of an authority of its own, made now. */
export async function openNetwork(config: Config, logger: Logger, started: Started): Promise<Network> {
  let label = labelOf(config.name);
  const names = () => namesOfThisMachine(label, config.names);
  const addressInLinks = (host: string): string => {
    if (!isAnyHost(host)) return hostInUrl(host);
    // The first of a network: those of this machine itself come before it.
    return hostInUrl(names().addresses.find((address) => address.includes('.') && !isLoopback(address)) ?? '127.0.0.1');
  };
  const hostInLinks = (host: string): string => {
    const [name] = config.names;
    if (!isAnyHost(host)) return hostInUrl(host);
    return name ?? (config.mdns ? `${label}.local` : addressInLinks(host));
  };
  const network = {
    label: () => label,
    rename: (next: string) => {
      label = next;
    },
    hostInLinks,
    addressInLinks,
  };
  const closed = doorsOf(config).closedBy;
  if (closed === undefined) return { ...network, certificate: undefined, authority: undefined };
  const checks = { timers, log: logger };
  if (closed !== 'local') {
    const certificate = new CertificateFiles(closed, checks);
    certificate.start();
    started.add(() => certificate.stop());
    return { ...network, certificate, authority: undefined };
  }
  const authority = await LocalAuthority.open({
    ...checks,
    folder: join(config.data, 'tls'),
    name: `Pitwall ${config.name}`,
    names,
    domains: config.names,
    now: Date.now,
  });
  authority.start();
  started.add(() => authority.stop());
  return { ...network, certificate: authority, authority };
}

export const hostInUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/**
 * How phones and machines come to trust this controller: its authority's fingerprint, and the picture of the page that explains it.
 * @param page of this controller's own address, or of the hall's
 */
export function sayTrust({ authority }: Network, page: string, say: Say): void {
  if (authority === undefined) return;
  const { fingerprint } = authority;
  const text = `Phones and laptops warn of this controller until they trust its own authority, once: ${page}\n${renderUnicodeCompact(page)}\nSHA-256 of its certificate: ${fingerprint}`;
  say({ type: 'trust', text, url: page, fingerprint });
}
