import type { RaceId } from '@pitwall/protocol';
import type { LiveMessage, OnlineRace } from '@pitwall/protocol/api';
import type { Entries, OnlineRaces, Viewer, VisibleRaces } from '../../online-races/index.js';
import type { Evaluations, Submissions } from '../../submissions/index.js';

export interface OnlineSources {
  readonly visible: VisibleRaces;
  readonly races: OnlineRaces;
  readonly entries: Entries;
  readonly submissions: Submissions;
  readonly evaluations: Evaluations;
}

/** How often a followed race is looked at, ms: workers on other machines change it. */
const pollMs = 1000;
interface GuestLook {
  readonly at: number;
  /** How many changes there had been. */
  readonly changes: number;
  readonly look: Promise<OnlineRace>;
}

/** Looks of those who are nobody here and show no link, by race: all of them see the same. */
const guests = new WeakMap<VisibleRaces, Map<RaceId, GuestLook>>();

/** What a guest sees now, or saw half a second ago at most. */
async function guestLook(visible: VisibleRaces, race: RaceId): Promise<OnlineRace> {
  const looks = guests.get(visible) ?? new Map<RaceId, GuestLook>();
  guests.set(visible, looks);
  const { count: changes } = visible.changes;
  const at = performance.now();
  for (const [one, old] of looks) if (old.changes !== changes || at - old.at > pollMs / 2) looks.delete(one);
  const look = looks.get(race)?.look ?? visible.show(race, {});
  if (!looks.has(race)) looks.set(race, { at, changes, look });
  return await look;
}

/** So many of the latest submissions are followed. */
const latest = 20;

/**
 * One client's view of one online race: says what it is now, and each thing again when it is another. It ends, with the error
 * that a first look would give, when the client may see the race no more.
 */
export class OnlineFollower {
  readonly #sources: OnlineSources;
  readonly #race: RaceId;
  readonly #viewer: Viewer;
  readonly #tell: (message: LiveMessage) => void;
  readonly #failed: (error: unknown) => void;
  readonly #told = new Map<string, string>();
  #unwatch: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    sources: OnlineSources,
    race: RaceId,
    viewer: Viewer,
    { tell, failed }: { tell: (message: LiveMessage) => void; failed: (error: unknown) => void },
  ) {
    this.#sources = sources;
    this.#race = race;
    this.#viewer = viewer;
    this.#tell = tell;
    this.#failed = failed;
  }

  /** Resolves after the first look. @throws PitwallError `not-found`. */
  async start(): Promise<void> {
    await this.#check();
    this.#unwatch = this.#sources.visible.changes.watch(this.#race, () => {
      clearTimeout(this.#timer);
      this.#lookNow();
    });
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch?.();
    clearTimeout(this.#timer);
  }

  #next(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookNow(), pollMs);
  }

  #lookNow(): void {
    this.#check().then(
      () => this.#next(),
      (error: unknown) => {
        if (this.#stopped) return;
        this.stop();
        this.#failed(error);
      },
    );
  }

  async #check(): Promise<void> {
    const race = this.#race;
    const { who, invitation } = this.#viewer;
    if (who === undefined && invitation === undefined) {
      const seen = await guestLook(this.#sources.visible, race);
      if (!this.#stopped && this.#isNews('race', withoutClock(seen)))
        this.#tell({ type: 'online-race', race, state: seen });
      return;
    }
    const state = await this.#sources.visible.show(race, this.#viewer);
    const { submissions } = await this.#sources.submissions.list(race, this.#viewer, latest);
    if (this.#stopped) return;
    if (this.#isNews('race', withoutClock(state))) this.#tell({ type: 'online-race', race, state });
    const news = submissions.filter((one) => this.#isNews(one.submission, one));
    if (news.length > 0) this.#tell({ type: 'submissions', race, submissions: news });
  }

  #isNews(key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    if (this.#told.get(key) === text) return false;
    this.#told.set(key, text);
    return true;
  }
}

const withoutClock = ({ now: _, ...state }: OnlineRace) => state;
