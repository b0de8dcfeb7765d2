/** What a speaker needs of `speechSynthesis` (Web Speech API, draft of WICG). */
export interface Speech {
  speak(utterance: Utterance): void;
  cancel(): void;
}
export interface Utterance {
  text: string;
  lang: string;
  volume: number;
  onstart: Told['nothing'] | null;
  onend: Told['nothing'] | null;
  onerror: Told['why'] | null;
}

/** Declared as methods: the browser's own handlers want more of the event than is needed here. */
interface Told {
  nothing(event?: unknown): void;
  why(event: { readonly error: string }): void;
}

export interface SpeakerParts {
  readonly speech: Speech;
  readonly utterance: (text: string) => Utterance;
  readonly language: string;
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly setTimer: (act: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

/** So many sentences wait at most: what is said later than it happened helps nobody. */
const most = 4;
/** After so long, ms, a sentence that waits is not said any more. */
const stale = 8000;
/** A browser that neither speaks nor fails for so long, ms, has forgotten the sentence: some do after minutes. */
const stuck = 20_000;

interface Waiting {
  readonly text: string;
  readonly urgency: number;
  readonly since: number;
}

/** Says one sentence after another; where there are too many, the least urgent is left out. */
export class Speaker {
  readonly #parts: SpeakerParts;
  readonly #waiting: Waiting[] = [];
  #volume = 1;
  #current: Utterance | undefined;
  #timer: unknown;
  #blocked = false;
  readonly #listeners = new Set<() => void>();

  constructor(parts: SpeakerParts) {
    this.#parts = parts;
  }

  /** The browser refuses to speak until somebody has pressed something on the page. */
  readonly blocked = (): boolean => this.#blocked;

  readonly onBlocked = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set volume(volume: number) {
    this.#volume = volume;
  }

  /** @param urgency of two, the higher one is kept, and said first */
  say(text: string, urgency: number): void {
    this.#waiting.push({ text, urgency, since: this.#parts.now() });
    this.#waiting.sort((a, b) => b.urgency - a.urgency || a.since - b.since);
    this.#waiting.length = Math.min(this.#waiting.length, most);
    this.#next();
  }

  hush(): void {
    this.#waiting.length = 0;
    const current = this.#current;
    this.#settle();
    if (current !== undefined) this.#parts.speech.cancel();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const { now, utterance, speech, setTimer, language } = this.#parts;
    let wanted = this.#waiting.shift();
    while (wanted !== undefined && now() - wanted.since > stale) wanted = this.#waiting.shift();
    if (wanted === undefined) return;
    const one = utterance(wanted.text);
    one.lang = language;
    one.volume = this.#volume;
    one.onstart = () => this.#setBlocked(false);
    const done = () => {
      if (this.#current !== one) return;
      this.#settle();
      this.#next();
    };
    one.onend = done;
    one.onerror = ({ error }) => {
      if (error === 'not-allowed') {
        this.#setBlocked(true);
        this.#waiting.length = 0;
      }
      done();
    };
    this.#current = one;
    this.#timer = setTimer(() => {
      speech.cancel();
      done();
    }, stuck);
    speech.speak(one);
  }

  #settle(): void {
    this.#parts.clearTimer(this.#timer);
    this.#current = undefined;
  }

  #setBlocked(blocked: boolean): void {
    if (this.#blocked === blocked) return;
    this.#blocked = blocked;
    for (const listener of this.#listeners) listener();
  }
}
