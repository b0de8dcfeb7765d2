import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type ErrorCode, PitwallError, parseJson } from '@pitwall/protocol';
import {
  BoardChanges,
  ErrorBody,
  IngestOutcome,
  Place,
  type ResultInput,
  type SignedResult,
  Standings,
} from '@pitwall/protocol/api';
import { z } from 'zod';

export interface ClientOptions {
  /** Base URL of the other controller, such as `https://board.example`; asked for before each request. */
  readonly url: () => string;
  /** Asked for before each request, so that a changed token file takes effect; never logged. */
  readonly token: () => Promise<string>;
  /** PEM of a certificate to trust besides the usual ones. */
  readonly ca?: string;
  /** After so long without an answer a request has failed, ms. */
  readonly timeout?: number;
}

/** The answer of a server that understood: an outcome, or a refusal with its code. */
export type Answer =
  /** Null: there is nothing to say of it. */
  | { readonly outcome: IngestOutcome | null }
  | { readonly status: number; readonly code: string; readonly message: string };

const largestAnswer = 8_000_000;

/** What of the interface this client uses, as the OpenAPI document names it. */
export const clientOperations = {
  send: { method: 'post', path: '/api/v1/leaderboards/{id}/results' },
  erase: { method: 'post', path: '/api/v1/racers/erasures' },
  standings: { method: 'get', path: '/api/v1/leaderboards/{id}/standings' },
  places: { method: 'get', path: '/api/v1/leaderboards/{id}/racers/{racer}' },
  changes: { method: 'get', path: '/api/v1/leaderboards/{id}/changes' },
} as const;

const Places = z.object({ places: z.array(Place) });

type Query = Readonly<Record<string, string | number | undefined>>;

/** Which part of a board: with ranks of its own. */
export interface BoardPart {
  readonly country?: string;
  readonly division?: string;
}

/** The leaderboard's HTTP interface, typed by the same schemas that the server and its OpenAPI document are made of. */
export class LeaderboardClient {
  readonly #options: ClientOptions;
  readonly #plain: HttpAgent;
  readonly #secure: HttpsAgent;

  constructor(options: ClientOptions) {
    this.#options = options;
    const keepAlive = { keepAlive: true, maxSockets: 16 };
    const { ca } = options;
    this.#plain = new HttpAgent(keepAlive);
    this.#secure = new HttpsAgent({
      ...keepAlive,
      ...(ca === undefined ? {} : { ca }),
    });
  }

  /** Sends one result. Rejects where no answer came or it is none of Pitwall's: whether it arrived is unknown then. */
  async send(leaderboard: string, result: ResultInput | SignedResult): Promise<Answer> {
    const { path } = clientOperations.send;
    const { status, text } = await this.#ask('POST', filled(path, { id: leaderboard }), JSON.stringify(result));
    if (isGood(status)) return { outcome: parseJson(IngestOutcome, text, 'The answer') };
    const { error } = parseJson(ErrorBody, text, `The answer with status ${status}`);
    return { status, code: error.code, message: error.message };
  }

  /** Tells of a racer whose names are to go. Rejects as {@link send} does. */
  async erase(jws: string): Promise<Answer> {
    const { status, text } = await this.#ask('POST', clientOperations.erase.path, JSON.stringify({ jws }));
    if (isGood(status)) return { outcome: null };
    const { error } = parseJson(ErrorBody, text, `The answer with status ${status}`);
    return { status, code: error.code, message: error.message };
  }

  /** A page of each column, or with `cursor` the next of one. @throws PitwallError as the service says it. */
  async standings(
    leaderboard: string,
    query: BoardPart & { readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<Standings> {
    return await this.#get(Standings, filled(clientOperations.standings.path, { id: leaderboard }), { ...query });
  }

  /** A racer's place in each column, with neighbours. @throws PitwallError as the service says it. */
  async places(
    leaderboard: string,
    racer: string,
    query: BoardPart & { readonly neighbours?: number } = {},
  ): Promise<Place[]> {
    const path = filled(clientOperations.places.path, { id: leaderboard, racer });
    return (await this.#get(Places, path, { ...query })).places;
  }

  /** What changed after `since`; `next` is where to go on. @throws PitwallError as the service says it. */
  async changes(leaderboard: string, since: number, limit?: number): Promise<BoardChanges> {
    return await this.#get(BoardChanges, filled(clientOperations.changes.path, { id: leaderboard }), { since, limit });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  async #get<S extends z.ZodType>(schema: S, path: string, query: Query): Promise<z.infer<S>> {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
    const { status, text } = await this.#ask('GET', asked.size === 0 ? path : `${path}?${asked}`);
    if (isGood(status)) return parseJson(schema, text, 'The answer');
    const { error } = parseJson(ErrorBody, text, `The answer with status ${status}`);
    throw new PitwallError(error.code as ErrorCode, error.message);
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<{ status: number; text: string }> {
    const { url, token, timeout = 15_000 } = this.#options;
    const headers = {
      authorization: `Bearer ${(await token()).trim()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    return await new Promise((resolve, reject) => {
      const target = new URL(path, url());
      const options = { method, headers, signal: AbortSignal.timeout(timeout) };
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

const isGood = (status: number): boolean => status >= 200 && status < 300;

const filled = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values[name] ?? ''));

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
