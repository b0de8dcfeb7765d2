import { PitwallError } from '@pitwall/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Principal } from '../../accounts/index.js';
import { addressKey, Budget, Budgets, limits } from '../../limits/index.js';
import { isOwnMachine } from '../../tls/index.js';

/** Closed by the server's rules (RFC 6455 §7.4.1). */
const policyViolation = 1008;

/** Whose requests and bytes are counted together, and in which budget. */
interface Payer {
  readonly kind: 'address' | 'racer' | 'program';
  readonly key: string;
}

/**
 * How much whoever asks may ask and send: nobody known by address, racers each for themselves, programs and staff by
 * their own far limit, whatever others at their address do. Programs of this machine are its owner's, and are not counted.
 */
export class HttpBudgets {
  readonly #requests;
  readonly #bytes;
  readonly #wrongTokens: Budgets;
  /** Live connections of an address. */
  readonly #live = new Map<string, number>();
  readonly #counted = new WeakMap<object, number>();

  /** @param now monotonic, ms */
  constructor(now?: () => number) {
    const { requests, bytes } = limits;
    this.#requests = {
      address: new Budgets(requests.address, now),
      racer: new Budgets(requests.racer, now),
      program: new Budgets(requests.program, now),
    };
    this.#bytes = { address: new Budgets(bytes.address, now), racer: new Budgets(bytes.racer, now) };
    this.#wrongTokens = new Budgets(limits.wrongTokens, now);
  }

  /** Checks each request before anything of it is read, and counts what went over its connection after. */
  watchRequests(app: FastifyInstance): void {
    app.addHook('onRequest', async (request) => this.#demandRoom(request));
    app.addHook('onResponse', async (request) => this.#count(request));
  }

  /** Somebody showed a token that nobody holds: more of them wait, and nobody else. @throws PitwallError `too-many-tries` */
  wrongToken({ ip, raw }: FastifyRequest): void {
    if (isOwnMachine(raw.socket)) return;
    const wait = this.#wrongTokens.of(addressKey(ip)).ask();
    if (wait > 0) throw refusal('too-many-tries', 'Too many wrong tokens came from this address', wait);
  }

  /** Ends connections that say more than they may. */
  watchMessages(server: WebSocketServer): void {
    server.on('connection', (socket: WebSocket) => {
      const budget = new Budget(limits.liveMessages.ofConnection);
      socket.on('message', () => {
        if (budget.ask() > 0) socket.close(policyViolation, 'too many messages: connect again, and say less');
      });
    });
  }

  #demandRoom(request: FastifyRequest): void {
    if (isOwnMachine(request.raw.socket)) return;
    const { kind, key } = payerOf(request);
    if (kind === 'program' && !request.is404 && request.routeOptions.config.urgent === true) return;
    const asked = this.#requests[kind].of(key).ask();
    if (asked > 0) throw refusal('too-many-requests', `Too many requests came from ${nameOf[kind]}`, asked);
    if (kind === 'program') return;
    const { wait } = this.#bytes[kind].of(key);
    if (wait > 0) throw refusal('too-many-requests', `Too many bytes went to or from ${nameOf[kind]}`, wait);
    if (request.headers.upgrade !== undefined) this.#demandLive(request);
  }

  #demandLive({ ip, raw }: FastifyRequest): void {
    const key = addressKey(ip);
    const count = this.#live.get(key) ?? 0;
    if (count >= limits.liveConnections.ofAddress)
      throw refusal('too-many-requests', 'Too many live connections are open from this address', 10);
    this.#live.set(key, count + 1);
    raw.socket.once('close', () => {
      const left = (this.#live.get(key) ?? 1) - 1;
      if (left > 0) this.#live.set(key, left);
      else this.#live.delete(key);
    });
  }

  #count(request: FastifyRequest): void {
    const { socket } = request.raw;
    if (isOwnMachine(socket)) return;
    const { kind, key } = payerOf(request);
    if (kind === 'program') return;
    const { bytesRead = 0, bytesWritten = 0 } = socket as Partial<typeof socket>;
    const all = bytesRead + bytesWritten;
    this.#bytes[kind].of(key).take(all - (this.#counted.get(socket) ?? 0));
    this.#counted.set(socket, all);
  }
}

const nameOf = { address: 'this address', racer: 'you', program: 'this token' } as const;

function payerOf({ principal, ip }: FastifyRequest): Payer {
  if (principal === undefined) return { kind: 'address', key: addressKey(ip) };
  return { kind: principal.role === 'racer' ? 'racer' : 'program', key: keyOf(principal) };
}

const keyOf = ({ person, role, name }: Principal): string =>
  person === undefined ? `${role} ${name}` : `person ${person}`;

function refusal(code: 'too-many-requests' | 'too-many-tries', what: string, seconds: number): PitwallError {
  const retryAfter = Math.max(1, Math.ceil(seconds));
  return new PitwallError(code, `${what}: try again in ${retryAfter} s.`, { details: { retryAfter } });
}
