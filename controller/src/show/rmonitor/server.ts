import { createServer, type Server, type Socket } from 'node:net';
import { type EpochMs, PitwallError, type RaceId } from '@pitwall/protocol';
import type { RaceState } from '@pitwall/protocol/race';
import type { DeskClock, DeskLog, RaceDesk } from '../../race/index.js';
import { heartbeat, passingRecords, placeRecords, record, setupRecords } from './records.js';

export interface RMonitorOptions {
  readonly desk: Pick<RaceDesk, 'list' | 'state' | 'follow'>;
  readonly clock: DeskClock;
  readonly epoch: () => EpochMs;
  readonly host: string;
  readonly port: number;
  readonly log: DeskLog;
}

/** Unsent bytes over which a client is let go: it connects again and gets everything. */
const tooSlowOver = 1_048_576;
const clientsAtMost = 32;

interface Shown {
  readonly race: RaceId;
  readonly unfollow: () => void;
  state: RaceState;
  /** Places as they were sent last. */
  places: ReadonlySet<string>;
}

/**
 * Tells overlays and screens of others the race that is on, as MYLAPS Orbits does: RMonitor over TCP. Everyone who connects is told,
 * as on the public pages; nobody is listened to. The race is the open one that was made last.
 */
export class RMonitorServer {
  readonly #options: RMonitorOptions;
  readonly #clients = new Set<Socket>();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #shown: Shown | undefined;
  #working = Promise.resolve();

  constructor(options: RMonitorOptions) {
    this.#options = options;
  }

  /** @returns the port. @throws PitwallError `port-in-use` */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    const server = createServer((socket) => this.#welcome(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) =>
        reject(
          cause.code === 'EADDRINUSE'
            ? new PitwallError(
                'port-in-use',
                `Port ${port} is in use by another program; set rmonitor.port to another.`,
              )
            : cause,
        ),
      );
      server.listen(port, host, resolve);
    });
    this.#server = server;
    this.#timer = setInterval(() => this.#next(() => this.#tick()), 1000);
    return (server.address() as { port: number }).port;
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#shown?.unfollow();
    this.#shown = undefined;
    for (const client of this.#clients) client.destroy();
    const server = this.#server;
    this.#server = undefined;
    await this.#working;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #welcome(socket: Socket): void {
    if (this.#clients.size >= clientsAtMost) {
      socket.destroy();
      return;
    }
    this.#clients.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#clients.delete(socket));
    // Nobody is listened to, and what is not read would hold the line open.
    socket.resume();
    this.#next(async () => {
      const known = this.#shown;
      await this.#choose();
      // One that is new was told to everyone.
      if (known !== undefined && known === this.#shown) socket.write(this.#whole(known));
    });
  }

  /** One thing after the other: places are told as changes. */
  #next(work: () => Promise<void>): void {
    this.#working = this.#working
      .then(() => (this.#server === undefined ? undefined : work()))
      .catch((error: unknown) =>
        this.#options.log.warn({ error: (error as Error).message }, 'RMonitor: no race to tell'),
      );
  }

  async #tick(): Promise<void> {
    if (this.#clients.size === 0) return;
    await this.#choose();
    if (this.#shown !== undefined) this.#tell(this.#heartbeat(this.#shown.state));
  }

  async #choose(): Promise<void> {
    const { desk } = this.#options;
    const open = (await desk.list()).filter(({ phase }) => phase === 'open');
    const wanted = open.at(-1)?.race;
    if (wanted === undefined || wanted === this.#shown?.race) return;
    this.#shown?.unfollow();
    const state = await desk.state(wanted);
    const unfollow = await desk.follow(wanted, state.seq, () => this.#next(() => this.#changed(wanted)));
    this.#shown = { race: wanted, unfollow, state, places: new Set(placeRecords(state)) };
    this.#tell(this.#whole(this.#shown));
  }

  async #changed(race: RaceId): Promise<void> {
    const shown = this.#shown;
    if (shown?.race !== race) return;
    const state = await this.#options.desk.state(race);
    const places = placeRecords(state);
    const setup = state.entries === shown.state.entries ? [] : setupRecords(state);
    const known = new Set(setupRecords(shown.state));
    this.#tell(
      [
        ...setup.filter((line) => !known.has(line)),
        ...passingRecords(shown.state, state),
        ...places.filter((line) => !shown.places.has(line)),
      ].join(''),
    );
    shown.state = state;
    shown.places = new Set(places);
  }

  #whole({ state, places }: Shown): string {
    const now = new Date(this.#options.epoch());
    const day = now.toLocaleDateString('en-GB', { day: '2-digit', month: 'short', year: '2-digit' });
    return [record('I', `${ofDay(now)}.000`, day), ...setupRecords(state), ...places, this.#heartbeat(state)].join('');
  }

  #heartbeat(state: RaceState): string {
    return heartbeat(state, this.#options.clock.now(), ofDay(new Date(this.#options.epoch())));
  }

  #tell(text: string): void {
    if (text === '') return;
    for (const client of this.#clients) {
      if (client.writableLength > tooSlowOver) client.destroy();
      else client.write(text);
    }
  }
}

const ofDay = (date: Date): string => date.toTimeString().slice(0, 8);
