export type Tone = 'crossing' | 'key' | 'ready' | 'go' | 'call' | 'best';

/** Pitch, hertz, and length, s: one after another. */
const tones: Readonly<Record<Tone, readonly (readonly [number, number])[]>> = {
  crossing: [[1320, 0.07]],
  key: [[520, 0.04]],
  ready: [[660, 0.18]],
  go: [[1320, 0.6]],
  call: [
    [880, 0.16],
    [1175, 0.3],
  ],
  best: [
    [1047, 0.09],
    [1319, 0.09],
    [1568, 0.2],
  ],
};

/** A moment of the page's clock, ms, in that of a device that plays, s. */
export function audioTime(context: AudioContext, at: number, now: number): number {
  // What is at the loudspeaker now (Web Audio API 1.1, getOutputTimestamp): the way there is in it.
  const { contextTime, performanceTime } = context.getOutputTimestamp?.() ?? {};
  if (contextTime !== undefined && performanceTime !== undefined && performanceTime > 0 && contextTime > 0)
    return contextTime + (at - performanceTime) / 1000;
  return context.currentTime + (at - now) / 1000 - (context.outputLatency || context.baseLatency || 0);
}

/** Plays tones, now or at a moment. Where the browser makes none, it does nothing. */
export class Beeper {
  readonly #open: (() => AudioContext) | undefined;
  readonly #now: () => number;
  #context: AudioContext | undefined;
  #later = new Set<OscillatorNode>();
  volume = 1;

  /** @param now the page's clock, ms */
  constructor(open: (() => AudioContext) | undefined, now: () => number) {
    this.#open = open;
    this.#now = now;
  }

  get exists(): boolean {
    return this.#open !== undefined;
  }

  /** A page may sound only after it was touched: call it on a key or a click. */
  allow(): void {
    this.#context ??= this.#open?.();
    if (this.#context?.state === 'suspended') void this.#context.resume();
  }

  /** @param at when, in the page's clock, ms; absent: now */
  play(tone: Tone, at?: number): void {
    const context = this.#context;
    if (context === undefined || context.state !== 'running' || this.volume === 0) return;
    let from =
      at === undefined ? context.currentTime : Math.max(context.currentTime, audioTime(context, at, this.#now()));
    for (const [hertz, length] of tones[tone]) {
      const note = context.createOscillator();
      const level = context.createGain();
      note.frequency.value = hertz;
      level.gain.setValueAtTime(0.35 * this.volume, from);
      level.gain.setValueAtTime(0.35 * this.volume, from + length * 0.7);
      level.gain.linearRampToValueAtTime(0, from + length);
      note.connect(level).connect(context.destination);
      note.start(from);
      note.stop(from + length);
      if (at !== undefined) {
        this.#later.add(note);
        note.onended = () => this.#later.delete(note);
      }
      from += length;
    }
  }

  /** What was to be played later is not. */
  callOff(): void {
    for (const note of this.#later) note.stop();
    this.#later = new Set();
  }
}
