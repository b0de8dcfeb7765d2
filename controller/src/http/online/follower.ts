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
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #next(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#check().then(
        () => this.#next(),
        (error: unknown) => {
          if (this.#stopped) return;
          this.stop();
          this.#failed(error);
        },
      );
    }, pollMs);
  }

  async #check(): Promise<void> {
    const race = this.#race;
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
