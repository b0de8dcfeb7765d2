import { type CarId, type EventId, isPitwallError, PitwallError, parseJson, type RaceId } from '@pitwall/protocol';
import { type LiveMessage, LiveRequest } from '@pitwall/protocol/api';
import type { LogRecord } from '@pitwall/protocol/race';
import type { WebSocket } from 'ws';
import type { Principal } from '../../accounts/index.js';
import { type Accounts, concerns, type People } from '../../accounts/index.js';
import type { ShowControl } from '../../events/index.js';
import { limits } from '../../limits/index.js';
import type { CarNews, DeskClock, RaceDesk, StopAllCars, Storage } from '../../race/index.js';
import type { GateNews } from '../../timing/index.js';
import { OnlineFollower, type OnlineSources } from '../online/follower.js';
import { type Access, demandAccess } from '../system/access.js';
import type { Routes } from '../system/server.js';

export interface LiveSources {
  readonly desk: RaceDesk;
  readonly cars: {
    watch(watcher: (news: CarNews) => void): () => void;
    preview(car: CarId): () => void;
  };
  readonly timing: { watch(watcher: (news: GateNews) => void): () => void };
  readonly stops: Pick<StopAllCars, 'watch'>;
  readonly clock: DeskClock;
  /** Pictures are for whoever looks after cars. */
  readonly accounts: Pick<Accounts, 'authenticate' | 'changes'>;
  readonly people?: Pick<People, 'sessions'>;
  /** Where there are online races. */
  readonly online?: OnlineSources;
  /** Where there are events. */
  readonly show?: Pick<ShowControl, 'follow'>;
}

/** How often everyone hears the controller's clock, ms: a page that hears nothing for 3 s says so, with two of them lost. */
const clockEveryMs = 1000;
const recordsInOne = 500;
/** A page shows one event. */
const showsOfOne = 8;

/** Who may ask what over the WebSocket; hidden races are found by those alone who may see them. */
export const liveAccess = {
  follow: 'everyone',
  unfollow: 'everyone',
  watch: 'everyone',
  preview: ['crew'],
  identify: 'everyone',
  'follow-online': 'everyone',
  'unfollow-online': 'everyone',
  'follow-show': 'everyone',
  'unfollow-show': 'everyone',
} as const satisfies Readonly<Record<LiveRequest['type'], Access>>;

/** The WebSocket /api/v1/live: race logs without a gap, telemetry as fast as the client takes it. */
export const liveRoutes =
  (sources: LiveSources): Routes =>
  (app) => {
    const lives = new Set<Live>();
    const clock = setInterval(() => {
      for (const live of lives) live.tellClock();
    }, clockEveryMs);
    app.addHook('onClose', async () => clearInterval(clock));
    app.get(
      '/api/v1/live',
      { websocket: true, config: { access: 'everyone' }, schema: { hide: true } },
      (socket, request) => {
        const live = new Live(socket, sources, request.principal);
        lives.add(live);
        socket.once('close', () => lives.delete(live));
      },
    );
  };

/** One client. */
class Live {
  readonly #socket: WebSocket;
  readonly #sources: LiveSources;
  readonly #races = new Map<RaceId, () => void>();
  readonly #online = new Map<RaceId, OnlineFollower>();
  readonly #shows = new Map<EventId, () => void>();
  readonly #unwatch: (() => void)[] = [];
  #cars: ReadonlySet<CarId> = new Set();
  #unwatchCars: (() => void) | undefined;
  readonly #previews = new Map<CarId, () => void>();
  #who: Principal | undefined;
  /** Who asked for pictures. */
  #previewer: Principal | undefined;
  /** Requests are answered one after another. */
  #answering: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, sources: LiveSources, who: Principal | undefined) {
    this.#socket = socket;
    this.#sources = sources;
    this.#who = who;
    socket.on('message', (data) => {
      this.#answering = this.#answering.then(() => this.#answer(String(data)));
    });
    socket.once('close', () => this.#close());
    socket.on('error', () => socket.terminate());
    this.tellClock();
    const { desk } = sources;
    const tellStorage = ({ ok, held, message }: Storage) => this.#tell({ type: 'storage', ok, held, message });
    if (!desk.storage.ok) tellStorage(desk.storage);
    this.#unwatch.push(desk.watchStorage(tellStorage));
    this.#unwatch.push(sources.timing.watch((news) => this.#tell({ type: 'gate-trouble', ...news })));
    for (const { changes } of [sources.accounts, ...(sources.people === undefined ? [] : [sources.people.sessions])])
      this.#unwatch.push(
        changes.watch((change) => {
          if (concerns(change, this.#who) || concerns(change, this.#previewer))
            socket.close(4001, 'signed out, or another role: connect again');
        }),
      );
    this.#unwatch.push(sources.stops.watch((stop) => this.#tell({ type: 'stop-all', stop })));
  }

  tellClock(): void {
    const { clock } = this.#sources;
    this.#tell({ type: 'clock', now: { bootId: clock.bootId, at: clock.now() } });
  }

  async #answer(text: string): Promise<void> {
    try {
      await this.#do(parseJson(LiveRequest, text, 'The request'));
    } catch (error) {
      this.#tellError(error);
    }
  }

  #tellError(error: unknown): void {
    const known = isPitwallError(error) ? error : new PitwallError('internal-error', 'Something went wrong here.');
    this.#tell({ type: 'error', error: known.toJSON() as Extract<LiveMessage, { type: 'error' }>['error'] });
  }

  async #do(request: LiveRequest): Promise<void> {
    switch (request.type) {
      case 'follow': {
        this.#races.get(request.race)?.();
        this.#races.delete(request.race);
        if (this.#races.size >= limits.liveMessages.racesOfOne)
          throw new PitwallError(
            'request-refused',
            `One page follows at most ${limits.liveMessages.racesOfOne} races.`,
          );
        const unfollow = await this.#sources.desk.follow(
          request.race,
          request.after,
          (published) =>
            published.records.length <= recordsInOne
              ? this.#send(published.text)
              : this.#sendInParts(request.race, published.records),
          // It connects again, and goes on from the last record that it has.
          () => this.#socket.close(1011, 'something went wrong here: follow again from the last record you have'),
        );
        if (this.#socket.readyState === this.#socket.OPEN) this.#races.set(request.race, unfollow);
        else unfollow();
        return;
      }
      case 'unfollow':
        this.#races.get(request.race)?.();
        this.#races.delete(request.race);
        return;
      case 'watch':
        this.#cars = new Set(request.cars);
        this.#unwatchCars?.();
        this.#unwatchCars = this.#sources.cars.watch((news) => this.#tellOfCar(news));
        return;
      case 'preview':
        this.#previewer =
          request.token === undefined ? this.#who : await this.#sources.accounts.authenticate(request.token);
        demandAccess(liveAccess.preview, this.#previewer);
        this.#preview(new Set(request.cars));
        this.#unwatchCars ??= this.#sources.cars.watch((news) => this.#tellOfCar(news));
        return;
      case 'identify':
        this.#who = await this.#sources.accounts.authenticate(request.token);
        if (this.#who === undefined)
          throw new PitwallError('access-unknown', 'The token is not known here or was revoked.');
        return;
      case 'follow-online':
        await this.#followOnline(request.race, request.invitation);
        return;
      case 'unfollow-online':
        this.#unfollowOnline(request.race);
        return;
      case 'follow-show':
        await this.#followShow(request.event);
        return;
      case 'unfollow-show':
        this.#shows.get(request.event)?.();
        this.#shows.delete(request.event);
        return;
    }
  }

  #preview(cars: ReadonlySet<CarId>): void {
    for (const [car, end] of this.#previews) {
      if (cars.has(car)) continue;
      this.#previews.delete(car);
      end();
    }
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    for (const car of cars) if (!this.#previews.has(car)) this.#previews.set(car, this.#sources.cars.preview(car));
  }

  async #followOnline(race: RaceId, invitation: string | undefined): Promise<void> {
    const { online } = this.#sources;
    if (online === undefined) throw new PitwallError('not-found', `There is no race ${race}.`);
    this.#unfollowOnline(race);
    const follow = new OnlineFollower(
      online,
      race,
      { who: this.#who, invitation },
      {
        tell: (message) => this.#tell(message),
        failed: (error) => {
          this.#online.delete(race);
          this.#tellError(error);
        },
      },
    );
    await follow.start();
    if (this.#socket.readyState === this.#socket.OPEN) this.#online.set(race, follow);
    else follow.stop();
  }

  async #followShow(event: EventId): Promise<void> {
    const { show } = this.#sources;
    if (show === undefined) throw new PitwallError('not-found', `There is no event ${event}.`);
    this.#shows.get(event)?.();
    if (this.#shows.size >= showsOfOne)
      throw new PitwallError('request-refused', `One page follows at most ${showsOfOne} events.`);
    const leave = await show.follow(event, (now) => this.#tell({ type: 'show', show: now }));
    if (this.#socket.readyState === this.#socket.OPEN) this.#shows.set(event, leave);
    else leave();
  }

  #unfollowOnline(race: RaceId): void {
    this.#online.get(race)?.stop();
    this.#online.delete(race);
  }

  #tellOfCar(news: CarNews): void {
    if (!(news.type === 'preview' ? this.#previews : this.#cars).has(news.car)) return;
    if (news.type === 'preview' && this.#socket.bufferedAmount > limits.unsent.pictures) return;
    if (news.type === 'telemetry' && this.#socket.bufferedAmount > limits.unsent.telemetry) return;
    this.#tell(news);
  }

  #sendInParts(race: RaceId, records: readonly LogRecord[]): void {
    for (let from = 0; from < records.length; from += recordsInOne)
      this.#tell({ type: 'log', race, records: records.slice(from, from + recordsInOne) });
  }

  #tell(message: LiveMessage): void {
    this.#send(JSON.stringify(message));
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > limits.unsent.log) {
      this.#socket.close(1013, 'too slow: follow again from the last record you have');
      return;
    }
    this.#socket.send(text);
  }

  #close(): void {
    for (const unfollow of this.#races.values()) unfollow();
    this.#races.clear();
    for (const follow of this.#online.values()) follow.stop();
    this.#online.clear();
    for (const leave of this.#shows.values()) leave();
    this.#shows.clear();
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatchCars?.();
    this.#preview(new Set());
  }
}
