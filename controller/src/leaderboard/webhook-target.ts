import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { PitwallError } from '@pitwall/protocol';
import { isPublicAddress, publicLookup, type Resolve } from './public-address.js';

export interface TargetOptions {
  /** Hosts to which webhooks go wherever they are, by name or address as in the URL: the configuration names them. */
  readonly hosts?: readonly string[];
  /** Finds addresses; by default as the system does. */
  readonly resolve?: Resolve;
}

/** After so long without an answer a service has not taken it, ms. */
const patience = 10_000;

/**
 * Where webhooks go. Whoever organizes names any URL, and it is this controller that asks it: so a webhook is for a public address over
 * https://, and reaches this machine and its networks only where the configuration says so. No redirect is followed.
 */
export class WebhookTargets {
  readonly #hosts: ReadonlySet<string>;
  readonly #resolve: Resolve | undefined;

  constructor({ hosts = [], resolve }: TargetOptions = {}) {
    this.#hosts = new Set(hosts);
    this.#resolve = resolve;
  }

  /** @throws PitwallError `message-invalid` */
  demand(url: string): void {
    const { protocol, username, password } = new URL(url);
    const host = hostOf(url);
    if (username !== '' || password !== '')
      throw new PitwallError('message-invalid', 'A webhook has no name and password in its URL: check its signature.');
    if (this.#hosts.has(host) && /^https?:$/.test(protocol)) return;
    if (protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host))) return;
    throw new PitwallError(
      'message-invalid',
      'A webhook is https:// at a public address; for a host on this machine or in its network whoever runs it writes its name under "webhooks" in the configuration.',
    );
  }

  /** Sends it; answers whether it was taken. */
  async post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<boolean> {
    try {
      this.demand(url);
      return await this.#send(url, headers, body);
    } catch {
      return false;
    }
  }

  #send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<boolean> {
    const isNamed = this.#hosts.has(hostOf(url));
    return new Promise((resolve, reject) => {
      const send = url.startsWith('https:') ? secureRequest : plainRequest;
      const request = send(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(patience),
        // No connection is kept for the next one: that would go where this one was looked up.
        agent: false,
        ...(isNamed ? {} : { lookup: publicLookup(this.#resolve) }),
      });
      request.on('error', reject);
      request.on('response', ({ statusCode = 0 }) => {
        resolve(statusCode >= 200 && statusCode < 300);
        request.destroy();
      });
      request.end(body);
    });
  }
}

/** Without the brackets of IPv6. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');
