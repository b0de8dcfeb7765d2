import { createPrivateKey, sign as signature } from 'node:crypto';
import { Forwarder, forwardingMigrations, Outbox } from '@pitwall/controller/forwarding';
import { Leaderboards, leaderboardMigrations } from '@pitwall/controller/leaderboard';
import { Identities } from '@pitwall/controller/link';
import { raceMigrations } from '@pitwall/controller/race';
import type { Store } from '@pitwall/controller/store';
import { TrackSide } from '@pitwall/controller/track-side';
import { type EpochMs, isPitwallError, type PitwallError, parse } from '@pitwall/protocol';
import { Board, IncomingResult, type SignedResult } from '@pitwall/protocol/api';
import { systemTimers } from '@pitwall/runtime';
import { MqttLink } from '@pitwall/runtime/mqtt-link';
import type { Logger } from 'pino';
import type { Database } from './database.js';
import type { Kernel, Machine } from './kernel.js';
import { Program } from './kernel.js';
import type { Network } from './network.js';

export const controllerMigrations = [raceMigrations, forwardingMigrations, leaderboardMigrations];
export const boardMigrations = [leaderboardMigrations];
export const source = 'hall';
export const boardId = 'main';

const quiet = () => undefined;
export const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet } as unknown as Logger;

/** The published test key of RFC 8037, appendix A.1. */
const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};
/** Its thumbprint, appendix A.3. */
const kid = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';
const key = createPrivateKey({ key: jwk, format: 'jwk' });

/** A compact JWS (RFC 7515) as the controller's signer makes it, without waiting for a thread. */
const signer = {
  sign: async (text: string): Promise<string> => {
    const part = (value: string) => Buffer.from(value).toString('base64url');
    const input = `${part(JSON.stringify({ alg: 'EdDSA', kid, typ: 'pitwall-result' }))}.${part(text)}`;
    return `${input}.${signature(null, Buffer.from(input), key).toString('base64url')}`;
  },
};

/** As the server answers them (docs/errors.md). */
const statuses: Readonly<Record<string, number>> = {
  'message-invalid': 400,
  'signature-invalid': 403,
  'internal-error': 500,
  'store-unavailable': 503,
};

/** A result that is asked to be taken, and what is answered; null: nothing comes. */
type Ask = (body: SignedResult, answer: (answer: Awaited<ReturnType<BoardService['post']>>) => void) => void;

/** `POST /api/v1/leaderboards/main/results`, as the route has it. */
export class BoardService {
  readonly leaderboards: Leaderboards;

  constructor(store: Store) {
    this.leaderboards = new Leaderboards(store);
  }

  async start(): Promise<void> {
    await this.leaderboards.keys.register(source, { kty: jwk.kty, crv: jwk.crv, x: jwk.x });
    const board = Board.parse({
      id: boardId,
      name: 'Main',
      ranking: { by: 'best-lap' },
      signatures: 'optional',
      writers: [source],
    });
    await this.leaderboards.boards.create(board).catch((error: PitwallError) => {
      if (error.code !== 'board-exists') throw error;
    });
  }

  async post({ jws }: SignedResult) {
    try {
      const { signedBy, payload } = await this.leaderboards.keys.verify(jws);
      const result = parse(IncomingResult, JSON.parse(payload), 'The result');
      const sender = { name: source, staff: false };
      return { outcome: await this.leaderboards.ingest(boardId, { result, body: jws, signedBy, sender }) };
    } catch (error) {
      if (!isPitwallError(error)) throw error;
      const { code, message } = error;
      const status = statuses[code] ?? 409;
      return { status, code, message };
    }
  }
}

/** A leaderboard somewhere else. */
export class FarBoard {
  readonly program: Program;
  readonly database: Database;
  readonly #kernel: Kernel;
  #service: BoardService | undefined;

  constructor(kernel: Kernel, machine: Machine, database: Database) {
    this.#kernel = kernel;
    this.program = new Program('board', machine);
    this.database = database;
  }

  get service(): BoardService | undefined {
    return this.#service;
  }

  start(): void {
    this.#kernel.after(0, this.program, async () => {
      const service = new BoardService(await this.database.open(boardMigrations));
      await service.start();
      this.#service = service;
    });
  }

  kill(): void {
    this.program.kill();
    this.#service = undefined;
    this.database.powerCut();
  }
}

/** `RestartSec=` of pitwall-controller.service, µs. */
const restartsAfter = 1_000_000;

/** A controller's program: everything of it that is not pages, over one link and one database. */
export class Controller {
  readonly program: Program;
  readonly database: Database;
  /** Undefined while it is down or starts. */
  side: TrackSide | undefined;
  board: BoardService | undefined;
  forwarder: Forwarder | undefined;
  readonly #kernel: Kernel;
  readonly #network: Network;
  readonly #far: FarBoard;
  #startedLife = 0;

  constructor(kernel: Kernel, network: Network, machine: Machine, database: Database, far: FarBoard) {
    this.#kernel = kernel;
    this.#network = network;
    this.#far = far;
    this.program = new Program('controller', machine);
    this.database = database;
  }

  /** Nothing where it is up, or starts. */
  start(): void {
    const { program } = this;
    if (this.#startedLife === program.life) return;
    this.#startedLife = program.life;
    const { life } = program;
    this.#kernel.after(0, program, () => {
      this.#start().catch((error: unknown) => {
        if (isPitwallError(error) && error.code === 'store-unavailable') this.#startsLater(life);
        else this.#kernel.failed(error, program);
      });
    });
  }

  /** Its disk is full: the program says so and ends, and its service manager starts it again. */
  #startsLater(life: number): void {
    this.#kernel.after(0, undefined, () => {
      if (this.program.life !== life) return;
      this.kill(false);
      this.#kernel.after(restartsAfter, undefined, () => this.start());
    });
  }

  /** @returns how many commits a disk that lied has lost */
  kill(byPowerCut: boolean): number {
    this.program.kill();
    this.side = undefined;
    this.board = undefined;
    this.forwarder = undefined;
    this.#network.killed(this.program, byPowerCut);
    if (!byPowerCut) {
      this.database.released();
      return 0;
    }
    this.program.machine.boot();
    return this.database.powerCut();
  }

  async #start(): Promise<void> {
    const { clock } = this.program.machine;
    const epoch = () => Date.now() as EpochMs;
    const store = await this.database.open(controllerMigrations);
    const board = new BoardService(store);
    await board.start();
    const identities = new Identities({ epoch, timers: systemTimers, log: silent });
    const link = new MqttLink({
      url: 'mqtt://track',
      username: 'controller',
      password: '',
      clock,
      log: silent,
      connect: this.#network.connect,
    });
    const outbox = new Outbox(store, ['local', 'league']);
    const parts = { store, outbox, link, identities, clock, epoch, timers: systemTimers, source, log: silent };
    const side = new TrackSide(parts);
    this.board = board;
    this.forwarder = new Forwarder({
      store,
      signer,
      destinations: ['local', 'league'].map((name) => ({ name, url: () => name, token: async () => '' })),
      clientOf: ({ name }) => this.#client(name === 'local' ? this.#askHere : this.#askFar),
      log: quiet,
    });
    await side.start();
    this.side = side;
    this.forwarder.start();
  }

  readonly #askHere: Ask = (body, answer) => {
    this.#kernel.after(500, this.program, () => {
      this.board?.post(body).then((said) => this.#kernel.after(500, this.program, () => answer(said)));
    });
  };

  /** Over the internet, where questions and answers get lost. */
  readonly #askFar: Ask = (body, answer) => {
    const kernel = this.#kernel;
    const far = this.#far;
    const { life } = this.program;
    if (kernel.chance(0.03)) return;
    kernel.at(this.#network.arrival(this.program.machine.name) + 20_000, far.program, () => {
      far.service?.post(body).then((said) => {
        if (kernel.chance(0.03) || life !== this.program.life) return;
        kernel.at(this.#network.arrival(this.program.machine.name) + 20_000, this.program, () => answer(said));
      });
    });
  };

  #client(ask: Ask): ReturnType<NonNullable<ConstructorParameters<typeof Forwarder>[0]['clientOf']>> {
    return {
      send: (_leaderboard, result) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error('The operation was aborted due to timeout')), 15_000);
          ask(result as SignedResult, (answer) => {
            clearTimeout(timer);
            resolve(answer);
          });
        }),
      erase: () => Promise.reject(new Error('nobody is deleted on these days')),
      close: () => undefined,
    };
  }
}
