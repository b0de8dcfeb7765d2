import { type LoadedModel, type LoadOptions, loadModel } from './load-model.js';

/**
 * The model that drives, and how another takes its place: only when that one has passed every check. Replacements wait
 * for each other; one that fails leaves the running model as it is.
 */
export class ModelSlot {
  private running: LoadedModel | undefined;
  private pending: Promise<unknown> = Promise.resolve();

  get current(): LoadedModel | undefined {
    return this.running;
  }

  /** @throws PitwallError as `loadModel` does. */
  replace(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
    const replaced = this.pending.then(async () => {
      const next = await loadModel(path, options);
      const before = this.running;
      this.running = next;
      await before?.policy.close();
      return next;
    });
    this.pending = replaced.catch(() => {});
    return replaced;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.pending;
    const before = this.running;
    this.running = undefined;
    await before?.policy.close();
  }
}
