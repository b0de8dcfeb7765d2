import { type ErrorCode, errorCodes, PitwallError, parse, parseJson, type RaceId } from '@pitwall/protocol';
import {
  CommandOutcome,
  type CreateRaceInput,
  ErrorBody,
  GateList,
  IngestOutcome,
  LiveMessage,
  type LiveRequest,
  RaceList,
  type ResultInput,
  Standings,
} from '@pitwall/protocol/api';
import { type RaceCommand, RaceState } from '@pitwall/protocol/race';
import { v7 as uuid } from 'uuid';
import WebSocket from 'ws';
import type { z } from 'zod';

type CommandInput = z.input<typeof RaceCommand>;

/** Speaks to a controller as any foreign program would: over HTTP and its WebSocket, with tokens. */
export class Marshal {
  readonly #url: string;
  readonly #token: string;

  /** `url`: the controller's, without a trailing slash. */
  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async createRace(race: CreateRaceInput): Promise<void> {
    await this.#request('POST', '/api/v1/races', race);
  }

  /** Gives a command on the newest version of the race; somebody else's command in between is not a reason to fail here. */
  async command(race: RaceId, command: CommandInput): Promise<z.infer<typeof CommandOutcome>> {
    const commandId = uuid();
    for (;;) {
      const { seq } = await this.race(race);
      try {
        const answer = await this.#request('POST', `/api/v1/races/${race}/commands`, { commandId, seen: seq, command });
        return parse(CommandOutcome, answer, `The answer to ${command.type}`);
      } catch (error) {
        if (!(error instanceof PitwallError && error.code === 'race-conflict')) throw error;
      }
    }
  }

  async races(): Promise<RaceList['races']> {
    return parse(RaceList, await this.#request('GET', '/api/v1/races'), 'The list of races').races;
  }

  async race(race: RaceId): Promise<RaceState> {
    return parse(RaceState, await this.#request('GET', `/api/v1/races/${race}`), `Race ${race}`);
  }

  async gates(): Promise<GateList['gates']> {
    return parse(GateList, await this.#request('GET', '/api/v1/gates'), 'The list of gates').gates;
  }

  async standings(leaderboard: string): Promise<Standings> {
    return parse(Standings, await this.#request('GET', `/api/v1/leaderboards/${leaderboard}/standings`), 'The board');
  }

  async sendResult(leaderboard: string, result: ResultInput): Promise<IngestOutcome> {
    const answer = await this.#request('POST', `/api/v1/leaderboards/${leaderboard}/results`, result);
    return parse(IngestOutcome, answer, 'The answer to the result');
  }

  /** Asks for live messages until `stop` is called; they come in order. */
  live(requests: readonly LiveRequest[], heard: (message: LiveMessage) => void): { stop: () => void } {
    const socket = new WebSocket(`${this.#url.replace(/^http/, 'ws')}/api/v1/live`);
    socket.on('open', () => {
      for (const request of requests) socket.send(JSON.stringify(request));
    });
    socket.on('message', (data) => heard(parseJson(LiveMessage, String(data), 'A live message')));
    // The demo's own server is the only reason for an error here; its end is told by its process.
    socket.on('error', () => undefined);
    return { stop: () => socket.close() };
  }

  async #request(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const { error } = parse(ErrorBody, answer, `The answer to ${method} ${path}`);
    const code = error.code in errorCodes ? (error.code as ErrorCode) : 'internal-error';
    throw new PitwallError(code, error.message, error.details === undefined ? {} : { details: error.details });
  }
}
