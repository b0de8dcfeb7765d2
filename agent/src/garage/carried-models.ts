import { type FSWatcher, watch } from 'node:fs';
import { relative } from 'node:path';
import { errorLine, isPitwallError, PitwallError, type Sha256 } from '@pitwall/protocol';
import type { CarriedModel, GarageAction, RefusedModel } from '@pitwall/protocol/messages';
import type { Download } from '../background/index.js';
import type { Car, LoadedPolicy } from '../driving/index.js';
import type { LoadedModel } from '../model/index.js';
import { type ModelStore, Stager, UsbStickWatch } from '../model-store/index.js';

export interface CarriedModelsParts {
  readonly car: Car;
  readonly store: ModelStore;
  readonly folder: string;
  /** Bytes. */
  readonly quota: number;
  /** Where the controller's archives are; undefined on a car without a link. */
  readonly controller: Download | undefined;
  /** Where USB sticks appear. */
  readonly stick: string | undefined;
  /** What the car needs of a model to drive by it. */
  readonly prepare: (model: LoadedModel) => LoadedPolicy;
  readonly say: (line: string) => void;
  /** The carried models have changed, or which of them drives. */
  readonly onChange: () => void;
}

/** As many as a page can show, and a message can hold. */
const mostRefused = 50;

/** The models that this car carries: staged beside the driving, and switched between runs. */
export class CarriedModels {
  readonly #parts: CarriedModelsParts;
  readonly #stager: Stager;
  readonly #stick: UsbStickWatch | undefined;
  /** A command in a terminal changes the folder, too. */
  #watch: FSWatcher | undefined;
  #carried: readonly CarriedModel[] = [];
  /** By path, as long as the file is there. */
  readonly #refused = new Map<string, RefusedModel>();
  #switching: Promise<unknown> = Promise.resolve();

  constructor(parts: CarriedModelsParts) {
    this.#parts = parts;
    const { folder, quota, stick } = parts;
    this.#stager = new Stager({ folder, quota, onChange: () => void this.#refresh() });
    this.#stick =
      stick === undefined
        ? undefined
        : new UsbStickWatch(
            stick,
            (path) => void this.#import(path, relative(stick, path)),
            (path) => this.#forget(path),
          );
  }

  get models(): readonly CarriedModel[] {
    const ready = new Set(this.#carried.map(({ hash }) => hash));
    return [...this.#carried, ...this.#stager.underWay.filter(({ hash }) => !ready.has(hash))];
  }

  /** What of a stick in the car was refused, by file; so many at most. */
  get refused(): readonly RefusedModel[] {
    return [...this.#refused.values()].sort((a, b) => (a.file < b.file ? -1 : 1)).slice(0, mostRefused);
  }

  /** Loads the model that drove last. What is wrong is said: the car can drive without. @returns whether there was one */
  async start(): Promise<boolean> {
    const { store, say, folder } = this.#parts;
    try {
      await store.start();
      this.#watch = watch(folder, () => void this.#refresh()).on('error', () => {});
    } catch (error) {
      say(errorLine(error));
      return false;
    }
    await this.#refresh();
    this.#stick?.start();
    const chosen = await store.chosen();
    if (chosen === undefined) return false;
    try {
      await this.#load(chosen);
      return true;
    } catch (error) {
      say(`The model of before cannot be loaded. ${errorLine(error)}`);
      return false;
    }
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#watch?.close();
    await this.#stick?.stop();
    await this.#stager.stop();
  }

  /** @throws PitwallError when it is refused */
  async command(action: Extract<GarageAction, { type: 'stage' | 'load' | 'delete-model' }>): Promise<void> {
    switch (action.type) {
      case 'stage':
        return await this.#fetch(action);
      case 'load':
        this.#switching = this.#switching.catch(() => {}).then(() => this.#load(action.hash));
        await this.#switching;
        return;
      case 'delete-model':
        if (this.#parts.car.snapshot().model?.hash === action.hash) {
          throw new PitwallError('command-refused', 'This model is loaded; load another before it is deleted.');
        }
        await this.#parts.store.delete(action.hash);
        await this.#refresh();
    }
  }

  async #fetch({ hash, name, bytes }: Extract<GarageAction, { type: 'stage' }>): Promise<void> {
    const { controller, say } = this.#parts;
    if (controller === undefined) {
      throw new PitwallError('command-refused', 'This car has no link, so it cannot fetch a model; use a USB stick.');
    }
    await this.#stager.stage({ kind: 'controller', from: controller, hash, name, bytes });
    await this.#refresh();
    say(`model ${name} (${hash.slice(0, 12)}) is staged`);
  }

  /** A stick's model goes through the same checks; what is wrong with it stands in the car's state: nobody asked. */
  async #import(path: string, file: string): Promise<void> {
    const { say } = this.#parts;
    try {
      const { name, hash } = await this.#stager.stage({ kind: 'file', path });
      say(`model ${name} (${hash.slice(0, 12)}) is staged from ${path}`);
      this.#refused.delete(path);
    } catch (error) {
      say(`${path} was not staged. ${errorLine(error)}`);
      const { code, message } = isPitwallError(error) ? error : new PitwallError('internal-error', 'Staging failed.');
      this.#refused.set(path, { file: file.slice(-300), code, message: message.slice(0, 2000) });
    }
    await this.#refresh();
  }

  /** Ready first; then it takes over at once, and the one before is let go. */
  async #load(hash: Sha256): Promise<void> {
    const { car, store, prepare, say, onChange } = this.#parts;
    const loaded = await store.load(hash);
    const { phase } = car.safety;
    if (phase === 'starting' || phase === 'driving' || phase === 'stopping') {
      await loaded.policy.close();
      throw new PitwallError('command-refused', `A model is not changed while the car is ${phase}; stop it first.`);
    }
    const before = car.load(prepare(loaded));
    onChange();
    say(`model ${loaded.name} (${hash.slice(0, 12)}) is ready`);
    for (const note of loaded.notes) say(note);
    await before?.close();
    await store.choose(hash);
  }

  #forget(path: string): void {
    if (this.#refused.delete(path)) this.#parts.onChange();
  }

  async #refresh(): Promise<void> {
    this.#carried = await this.#parts.store.list();
    this.#parts.onChange();
  }
}
