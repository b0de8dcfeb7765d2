import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CameraProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import { type Now, Supervisor } from '@pitwall/runtime';
import type { Camera, Frame } from '../camera.js';
import { flipOf, JpegFramer } from '../capture/index.js';
import type { DeviceEvents } from '../device.js';

type Profile = Extract<CameraProfile, { kind: 'file' }>;
type Picture = Pick<Frame, 'format' | 'width' | 'height' | 'data'>;

const chunkBytes = 1 << 16;

export interface FileCameraParts {
  readonly now: Now;
  readonly events: DeviceEvents;
  /** The names of a folder's pictures, in the order in which they are shown. */
  readonly listPictures: (folder: string) => Promise<readonly string[]>;
  /** A picture file as a 160×120 grey plane; throws where it is none. */
  readonly readPicture: (path: string) => Promise<Uint8Array>;
  /** Hears once of each picture that is left out, and why. */
  readonly skipped: (why: string) => void;
}

/** A folder of pictures or an MJPEG file as a camera, one picture a frame. */
export class FileCamera implements Camera {
  readonly rate: number;
  readonly #profile: Profile;
  readonly #parts: FileCameraParts;
  readonly #supervisor: Supervisor;
  readonly #skipped = new Set<string>();
  #onFrame: (frame: Frame) => void = () => {};

  constructor(profile: Profile, parts: FileCameraParts) {
    this.#profile = profile;
    this.#parts = parts;
    this.rate = profile.rate;
    this.#supervisor = new Supervisor({ events: parts.events, open: (signal) => this.#open(signal) });
  }

  get health() {
    return this.#supervisor.health;
  }

  async start(onFrame: (frame: Frame) => void): Promise<void> {
    this.#onFrame = onFrame;
    this.#supervisor.start();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  async #open({ there, lost }: { there: () => void; lost: (why: string) => void }): Promise<() => Promise<void>> {
    const { path, loop } = this.#profile;
    const flip = flipOf(this.#profile);
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => {
        throw new PitwallError('not-found', `There are no pictures at ${path}.`);
      },
    );
    const once = () => (isFolder ? this.#folder(path) : mjpeg(path));
    let source = once();
    let shown = 0;
    const next = async (): Promise<Picture | undefined> => {
      const { value, done } = await source.next();
      if (done !== true) return value;
      if (shown === 0) throw new PitwallError('not-found', `There are no pictures at ${path}.`);
      if (!loop) return undefined;
      source = once();
      shown = 0;
      return next();
    };
    let busy: Promise<void> | undefined;
    const show = async () => {
      try {
        const picture = await next();
        if (picture === undefined) return;
        shown += 1;
        there();
        this.#onFrame({ at: this.#parts.now(), ...picture, ...(flip === undefined ? {} : { flip }) });
      } catch (error) {
        lost(error instanceof Error ? error.message : String(error));
      } finally {
        busy = undefined;
      }
    };
    const timer = setInterval(() => {
      busy ??= show();
    }, 1000 / this.rate);
    return async () => {
      clearInterval(timer);
      await busy;
      await source.return(undefined);
    };
  }

  async *#folder(path: string): AsyncGenerator<Picture, undefined> {
    const { listPictures, readPicture } = this.#parts;
    let [shown, failure]: [number, unknown] = [0, undefined];
    for (const name of await listPictures(path)) {
      let data: Uint8Array;
      try {
        data = await readPicture(join(path, name));
      } catch (error) {
        failure = error;
        this.#skip(name, error);
        continue;
      }
      shown += 1;
      yield { format: 'grey', width: 160, height: 120, data };
    }
    if (shown === 0 && failure !== undefined)
      throw new PitwallError('picture-invalid', `No file at ${path} is a picture that can be read.`, {
        cause: failure,
      });
    return undefined;
  }

  #skip(name: string, error: unknown): void {
    if (this.#skipped.has(name)) return;
    this.#skipped.add(name);
    this.#parts.skipped(`${error instanceof Error ? error.message : String(error)} It is left out.`);
  }
}

async function* mjpeg(path: string): AsyncGenerator<Picture, undefined> {
  const file = await open(path, 'r');
  try {
    const framer = new JpegFramer();
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes));
      if (bytesRead === 0) return undefined;
      const whole: Uint8Array[] = [];
      framer.push(buffer.subarray(0, bytesRead), { began: () => {}, frame: (data) => whole.push(data) });
      // A JPEG says its own size.
      for (const data of whole) yield { format: 'mjpeg', width: 0, height: 0, data };
    }
  } finally {
    await file.close();
  }
}
