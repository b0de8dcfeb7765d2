import type { CarLink } from '../link/index.js';

/**
 * The link to the track for the parts that are made before it. Until it is there, and on a car that drives alone, nothing is
 * sent and nobody misses it.
 */
export class TrackLink {
  #link: CarLink | undefined;

  use(link: CarLink): void {
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

  publishEvent(...event: Parameters<CarLink['publishEvent']>): void {
    this.#link?.publishEvent(...event);
  }

  publishTelemetry(...telemetry: Parameters<CarLink['publishTelemetry']>): void {
    this.#link?.publishTelemetry(...telemetry);
  }

  /** False: there was no room for it. */
  publishPreview(...preview: Parameters<CarLink['publishPreview']>): boolean {
    return this.#link?.publishPreview(...preview) ?? false;
  }
}
