import type { Link } from '../link/index.js';

/**
 * The link to the track for the parts that are made before it. Until it is there, and on a car that drives alone, nothing is
 * sent and nobody misses it.
 */
export class TrackLink {
  #link: Link | undefined;

  use(link: Link): void {
    this.#link = link;
  }

  get online(): boolean {
    return this.#link?.online ?? false;
  }

  start(): void {
    this.#link?.start();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.#link?.stop();
  }

  publishState(): void {
    this.#link?.publishState();
  }

  publishPresence(): void {
    this.#link?.publishPresence();
  }

  publishEvent(...event: Parameters<Link['publishEvent']>): void {
    this.#link?.publishEvent(...event);
  }

  publishTelemetry(...telemetry: Parameters<Link['publishTelemetry']>): void {
    this.#link?.publishTelemetry(...telemetry);
  }

  /** False: there was no room for it. */
  publishPreview(...preview: Parameters<Link['publishPreview']>): boolean {
    return this.#link?.publishPreview(...preview) ?? false;
  }
}
