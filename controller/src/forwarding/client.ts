import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { parseJson } from '@pitwall/protocol';
import { ErrorBody, IngestOutcome, type ResultInput, type SignedResult } from '@pitwall/protocol/api';

export interface ClientOptions {
  /** Base URL of the other controller, such as `https://board.example`; asked for before each request. */
  readonly url: () => string;
  /** Asked for before each request, so that a changed token file takes effect; never logged. */
  readonly token: () => Promise<string>;
  /** PEM of a certificate to trust besides the usual ones; with `anyName` whatever name it carries (one's own). */
  readonly trust?: { readonly ca: string; readonly anyName: boolean };
  /** After so long without an answer a request has failed, ms. */
  readonly timeout?: number;
}

/** The answer of a server that understood: an outcome, or a refusal with its code. */
export type Answer =
  | { readonly outcome: IngestOutcome }
  | { readonly status: number; readonly code: string; readonly message: string };

const largestAnswer = 1_000_000;

/** The leaderboard's HTTP interface, typed by the same schemas that the server and its OpenAPI document are made of. */
export class LeaderboardClient {
  readonly #options: ClientOptions;
  readonly #plain: HttpAgent;
  readonly #secure: HttpsAgent;

  constructor(options: ClientOptions) {
    this.#options = options;
    const keepAlive = { keepAlive: true, maxSockets: 16 };
    const { trust } = options;
    this.#plain = new HttpAgent(keepAlive);
    this.#secure = new HttpsAgent({
      ...keepAlive,
      ...(trust === undefined ? {} : { ca: trust.ca }),
      ...(trust?.anyName ? { checkServerIdentity: () => undefined } : {}),
    });
  }

  /** Sends one result. Rejects where no answer came or it is none of Pitwall's: whether it arrived is unknown then. */
  async send(leaderboard: string, result: ResultInput | SignedResult): Promise<Answer> {
    const path = `/api/v1/leaderboards/${encodeURIComponent(leaderboard)}/results`;
    const { status, text } = await this.#post(path, JSON.stringify(result));
    if (status >= 200 && status < 300) return { outcome: parseJson(IngestOutcome, text, 'The answer') };
    const { error } = parseJson(ErrorBody, text, `The answer with status ${status}`);
    return { status, code: error.code, message: error.message };
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  async #post(path: string, body: string): Promise<{ status: number; text: string }> {
    const { url, token, timeout = 15_000 } = this.#options;
    const headers = {
      authorization: `Bearer ${(await token()).trim()}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    return await new Promise((resolve, reject) => {
      const target = new URL(path, url());
      const options = { method: 'POST', headers, signal: AbortSignal.timeout(timeout) };
      const request =
        target.protocol === 'https:'
          ? httpsRequest(target, { ...options, agent: this.#secure })
          : httpRequest(target, { ...options, agent: this.#plain });
      request.on('error', reject);
      request.on('response', (response) => {
        collect(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
      request.end(body);
    });
  }
}

async function collect(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    size += (part as Buffer).length;
    if (size > largestAnswer) throw new Error('The answer is too large.');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}
