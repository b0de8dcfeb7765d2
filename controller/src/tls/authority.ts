import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import {
  type Certificate,
  type CertificateSource,
  CertificateWatchers,
  type Checks,
  checkEveryMs,
} from './certificate.js';
import type { Names } from './names.js';

export interface AuthorityOptions extends Checks {
  /** Of the authority and the server's certificate; made where it is not there. */
  readonly folder: string;
  /** What people read where they look at it. */
  readonly name: string;
  /** Where this controller is reached now. */
  readonly names: () => Names;
  /** DNS names of the configuration, which the authority speaks for beside those that only halls have. */
  readonly domains: readonly string[];
  /** ms since the epoch. */
  readonly now: () => number;
}

/** Names that no public DNS gives to anyone (RFC 6762, RFC 8375, RFC 6761; `internal`: ICANN 2024; `lan`: what routers use). */
const localDomains = ['local', 'localhost', 'home.arpa', 'internal', 'lan'];
/** A certificate is renewed when it has so long left, ms: a car that was away a month meets one that it takes. */
const renewBefore = 60 * 86_400_000;

/**
 * The certificate authority of one controller, and the certificate with which it shows its phones, cars and gates who it is. Made
 * at its first start and kept in its data folder, for its owner's eyes only; nothing is asked of anybody.
 */
export class LocalAuthority implements CertificateSource {
  /** Of the authority, PEM: what phones and machines trust. */
  readonly cert: string;
  readonly #options: AuthorityOptions;
  readonly #key: string;
  readonly #watchers = new CertificateWatchers();
  #current: Certificate;
  #timer: unknown;
  #checking: Promise<void> | undefined;
  #stopped = true;

  private constructor(options: AuthorityOptions, { cert, key }: Certificate, current: Certificate) {
    this.#options = options;
    this.cert = cert;
    this.#key = key;
    this.#current = current;
  }

  /** @throws PitwallError `config-invalid` where its files are not whole, or a name is one that it cannot speak for. */
  static async open(options: AuthorityOptions): Promise<LocalAuthority> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const authority = await openAuthority(options);
    const { domainsOfAuthority } = await issuing();
    const domains = domainsOfAuthority(authority.cert);
    const foreign = options.domains.find((name) => !isUnder(domains, name));
    if (foreign !== undefined)
      throw new PitwallError(
        'config-invalid',
        `names: ${foreign} is none that this controller’s authority can speak for: use a certificate of your own (tls), or delete ${options.folder} for a new authority, which phones, cars and gates must be told to trust again.`,
      );
    // A computer that was renamed: its new name is left out, those in links are not of it.
    const names = () => {
      const { dns, addresses } = options.names();
      return { dns: dns.filter((name) => isUnder(domains, name)), addresses };
    };
    const within = { ...options, names };
    const current = readServer(within, authority) ?? (await issue(within, authority));
    return new LocalAuthority(within, authority, current);
  }

  get current(): Certificate {
    return this.#current;
  }

  /** SHA-256 of the certificate, as phones and OpenSSL show it: `AB:CD:…`. */
  get fingerprint(): string {
    return new X509Certificate(this.cert).fingerprint256;
  }

  watch(watcher: (certificate: Certificate) => void): () => void {
    return this.#watchers.add(watcher);
  }

  /** Renews the server's certificate whenever it is near its end or an address is not in it. */
  start(): void {
    this.#stopped = false;
    this.#wait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.timers.clear(this.#timer);
    await this.#checking;
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.timers.set(() => {
      this.#checking = this.#check().finally(() => this.#wait());
    }, checkEveryMs);
  }

  async #check(): Promise<void> {
    const { log } = this.#options;
    const authority = { cert: this.cert, key: this.#key };
    if (isGood(this.#current, authority, this.#options)) return;
    try {
      this.#current = await issue(this.#options, authority);
      log.info({ names: this.#options.names() }, 'the certificate was renewed');
      this.#watchers.tell(this.#current);
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'the certificate cannot be renewed');
    }
  }
}

/** Loaded only where a certificate is made: most starts find theirs. */
const issuing = () => import('./issue.js');

async function openAuthority(options: AuthorityOptions): Promise<Certificate> {
  const files = { key: join(options.folder, 'authority.key'), cert: join(options.folder, 'authority.pem') };
  if (existsSync(files.cert) && !existsSync(files.key))
    throw new PitwallError(
      'config-invalid',
      `${files.key} is missing: put it back, or delete ${options.folder} for a new authority, which phones, cars and gates must be told to trust again.`,
    );
  const { newKey, issueAuthority } = await issuing();
  if (!existsSync(files.key)) writeFile(files.key, await newKey(), 0o600);
  const key = readFileSync(files.key, 'utf8');
  // Killed between the two files: the same key goes on.
  if (!existsSync(files.cert))
    writeFile(files.cert, await issueAuthority(key, options.name, domainsOf(options)), 0o644);
  return { key, cert: readFileSync(files.cert, 'utf8') };
}

const domainsOf = ({ domains }: AuthorityOptions): string[] => [
  ...new Set([...localDomains, hostname().toLowerCase(), ...domains]),
];

const serverFile = (folder: string): string => join(folder, 'server.pem');

/** The certificate as it was left; undefined where there is none that is good still. */
function readServer(options: AuthorityOptions, authority: Certificate): Certificate | undefined {
  const file = serverFile(options.folder);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const [key, ...certs] = text.split(/(?=-----BEGIN CERTIFICATE-----)/);
  const found = { key: key ?? '', cert: certs.join('') };
  return isGood(found, authority, options) ? found : undefined;
}

function isGood({ cert }: Certificate, authority: Certificate, { names, now }: AuthorityOptions): boolean {
  try {
    const read = new X509Certificate(cert);
    const { dns, addresses } = names();
    return (
      read.verify(new X509Certificate(authority.cert).publicKey) &&
      Date.parse(read.validFrom) <= now() &&
      Date.parse(read.validTo) - now() > renewBefore &&
      dns.every((name) => read.checkHost(name) !== undefined) &&
      addresses.every((address) => read.checkIP(address) !== undefined)
    );
  } catch {
    return false;
  }
}

/** RFC 5280, 4.2.1.10: a name, or one with further labels to its left. */
const isUnder = (domains: readonly string[], name: string): boolean =>
  domains.some((domain) => name === domain || name.endsWith(`.${domain}`));

async function issue(options: AuthorityOptions, authority: Certificate): Promise<Certificate> {
  const { newKey, issueServer } = await issuing();
  const names = options.names();
  const key = await newKey();
  const own = await issueServer(authority, key, names, options.now());
  const current = { key, cert: own + authority.cert };
  writeFile(serverFile(options.folder), current.key + current.cert, 0o600);
  return current;
}

/** All of it or nothing. */
function writeFile(file: string, text: string, mode: number): void {
  const next = `${file}.new`;
  writeFileSync(next, text, { mode, flush: true });
  renameSync(next, file);
}
