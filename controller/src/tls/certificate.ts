import { readFileSync, statSync } from 'node:fs';
import { PitwallError } from '@pitwall/protocol';

/** Chain (the server's own certificate first) and key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a listener shows who it is; it may change while the listener listens. */
export interface CertificateSource {
  readonly current: Certificate;
  /** Called with each new one. Answers how to stop. */
  watch(watcher: (certificate: Certificate) => void): () => void;
}

/** How a source looks for what changed. */
export interface Checks {
  readonly timers: { set(action: () => void, ms: number): unknown; clear(timer: unknown): void };
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void };
}

/** Addresses change when a laptop goes to another network: those in the hall see the new one within so many ms. */
export const checkEveryMs = 10_000;

/** Those who listen with a certificate. */
export class CertificateWatchers {
  readonly #watchers = new Set<(certificate: Certificate) => void>();

  add(watcher: (certificate: Certificate) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  tell(certificate: Certificate): void {
    for (const watcher of this.#watchers) watcher(certificate);
  }
}

/** A certificate of one's own, from two PEM files, read again when they change: whatever renews it needs no restart. */
export class CertificateFiles implements CertificateSource {
  readonly #files: { readonly cert: string; readonly key: string };
  readonly #checks: Checks;
  readonly #watchers = new CertificateWatchers();
  #current: Certificate;
  #changedAt: string;
  #timer: unknown;

  /** @throws PitwallError `config-invalid` where a file cannot be read. */
  constructor(files: { readonly cert: string; readonly key: string }, checks: Checks) {
    this.#files = files;
    this.#checks = checks;
    this.#current = this.#read();
    this.#changedAt = this.#changes();
  }

  get current(): Certificate {
    return this.#current;
  }

  watch(watcher: (certificate: Certificate) => void): () => void {
    return this.#watchers.add(watcher);
  }

  start(): void {
    this.#timer ??= this.#checks.timers.set(() => {
      this.#timer = undefined;
      this.#check();
      this.start();
    }, checkEveryMs);
  }

  stop(): void {
    this.#checks.timers.clear(this.#timer);
    this.#timer = undefined;
  }

  #check(): void {
    try {
      const changedAt = this.#changes();
      if (changedAt === this.#changedAt) return;
      this.#current = this.#read();
      this.#changedAt = changedAt;
      this.#watchers.tell(this.#current);
      this.#checks.log.info({ cert: this.#files.cert }, 'the certificate was read again');
    } catch (error) {
      // Half of a change: the one in use goes on.
      this.#checks.log.warn({ reason: (error as Error).message }, 'the certificate cannot be read again');
    }
  }

  #changes(): string {
    const { cert, key } = this.#files;
    return [cert, key].map((file) => statSync(file).mtimeMs).join(' ');
  }

  #read(): Certificate {
    const { cert, key } = this.#files;
    return { cert: readPem(cert, 'tls.cert'), key: readPem(key, 'tls.key') };
  }
}

function readPem(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PitwallError('config-invalid', `${what}: ${file} cannot be read.`, { cause });
  }
}
