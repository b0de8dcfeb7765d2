import type { Micros } from '@pitwall/protocol';
import type { Envelope, Preview } from '@pitwall/protocol/messages';
import type { Now } from '@pitwall/runtime';
import type { ProcessedFrame } from '../driving/index.js';
import type { Frame, Picture } from '../hardware/index.js';

export interface PreviewParts {
  readonly now: Now;
  /** Of the plane that was made of the frame. */
  readonly picture: (plane: Uint8Array, frame: Frame) => Picture;
  /** False: there was no room for it. */
  readonly send: (preview: Omit<Preview, keyof Envelope>) => boolean;
}

/** What the car sees, while somebody watches: asked for again and again, or it ends by itself. */
export class PreviewSender {
  readonly #parts: PreviewParts;
  #periodMicros = Number.POSITIVE_INFINITY;
  #until = 0;
  #due = 0;

  constructor(parts: PreviewParts) {
    this.#parts = parts;
  }

  /** So many a second, for so many seconds from now. */
  ask(rate: number, seconds: number): void {
    const at = this.#parts.now();
    this.#periodMicros = 1e6 / rate;
    this.#until = rate === 0 ? 0 : at + seconds * 1e6;
  }

  get asked(): boolean {
    return this.#parts.now() < this.#until;
  }

  /** Left out when a newer frame waits for the loop, or the link is not through with what was sent before. */
  processed({ frame, camera, decision, behind }: ProcessedFrame): void {
    const at = this.#parts.now();
    if (at >= this.#until || behind || camera === null) return;
    // A tenth of grace: frames come a little early and a little late.
    if (at < this.#due - this.#periodMicros / 10) return;
    const { format, data } = this.#parts.picture(camera, frame);
    const sent = this.#parts.send({
      taken: frame.at as Micros,
      picture: Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64'),
      format,
      action: decision?.action ?? null,
      output: decision === null ? null : Array.from(decision.output),
    });
    if (sent) this.#due = Math.max(this.#due + this.#periodMicros, at);
  }
}
