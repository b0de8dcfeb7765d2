import type { Computer } from '@pitwall/protocol/messages';
import type { Client as Connection } from 'aedes';
import type { Identities, IdentityName } from '../link/index.js';

/** Who wants to be a car or a gate. */
export interface Applicant {
  readonly client: Connection;
  /** As its client id says; undefined for a program of somebody else (docs/gates.md). */
  readonly computer: Computer | undefined;
  readonly address: string;
}

export interface AdmissionOptions {
  readonly identities: Pick<Identities, 'admitted' | 'claimed'>;
  /** Monotonic, ms. */
  readonly now: () => number;
}

interface Present extends Applicant {
  heardAt: number;
}

/** The CONNACK code for it (MQTT 3.1.1, 3.2.2.3): the client identifier is correct and not allowed by the server. */
export const identifierRejected = 2;

/** What lives says something ten times in this: an agent asks for a sign of life every 200 ms, a gate answers clock probes. */
const quietMs = 2000;

/**
 * One identity, one connection. Which of two stays is a question of the computer: the same program that comes back takes over
 * its own half-open connection at once; another computer waits until the first is gone, or each would end the other's
 * connection for ever.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #present = new Map<IdentityName, Present>();
  readonly #byClient = new WeakMap<Connection, Present>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** It said something. */
  heard(client: Connection): void {
    const present = this.#byClient.get(client);
    if (present !== undefined) present.heardAt = this.#options.now();
  }

  /**
   * Lets it in; a connection that it takes over has ended before, so that its last will comes first.
   * @throws Error with `returnCode` where another has the identity
   */
  async admit(name: IdentityName, applicant: Applicant): Promise<void> {
    const { identities, now } = this.#options;
    const { client, computer, address } = applicant;
    const machine = { host: computer?.host ?? null, address };
    const before = this.#present.get(name);
    const there = before !== undefined && !before.client.closed && before.client !== client;
    if (there && !yields(before, applicant, now())) {
      identities.claimed(name, machine);
      const { host, address: from } = { host: before.computer?.host, address: before.address };
      const message = `${host ?? 'a computer'} at ${from} is ${name} already`;
      throw Object.assign(new Error(message), { returnCode: identifierRejected });
    }
    const present: Present = { ...applicant, heardAt: now() };
    this.#present.set(name, present);
    this.#byClient.set(client, present);
    identities.admitted(name, machine);
    if (there) await new Promise<void>((resolve) => before.client.close(() => resolve()));
  }
}

function yields({ computer, address, heardAt }: Present, by: Applicant, now: number): boolean {
  if (computer === undefined || by.computer === undefined)
    // No more than the address is known of it: the same one comes back.
    return computer === by.computer && (address === by.address || now - heardAt > quietMs);
  if (computer.instance === by.computer.instance) return true;
  // Started again on that computer. Where the first still speaks, it runs twice.
  return computer.machine === by.computer.machine && now - heardAt > quietMs;
}
