import type { JournalDisk } from '@pitwall/controller/gate';
import type { Kernel } from './kernel.js';

interface Stored {
  /** As programs read it: what the kernel of the machine has. */
  content: Buffer;
  /** What a power cut leaves at least. */
  durable: Buffer;
}

const failed = (code: string, what: string) => Object.assign(new Error(`${code}: ${what}`), { code });

/**
 * A small computer's card. What was written is read again by whoever comes next, for as long as the power is on; only what was
 * synced outlives a cut, and of the rest any beginning does (a torn write). A card that lies says that it synced.
 * A full one takes a part of a write (write(2): "a partial write"), then nothing.
 */
export class FileDisk {
  readonly #kernel: Kernel;
  readonly #files: Map<string, Stored>;
  /** Bytes left; undefined: enough. */
  #room: number | undefined;
  lies = false;
  writes = 0;
  /** Called before each write: a crash may be due. */
  beforeWrite: () => void = () => undefined;

  constructor(kernel: Kernel, files = new Map<string, Stored>()) {
    this.#kernel = kernel;
    this.#files = files;
  }

  /** As a card is copied. */
  copy(): FileDisk {
    const files = [...this.#files].map(([name, { content }]) => [name, { content, durable: content }] as const);
    return new FileDisk(this.#kernel, new Map(files));
  }

  get isFull(): boolean {
    return this.#room !== undefined;
  }

  fill(): void {
    this.#room = this.#kernel.random.below(300);
  }

  makeRoom(): void {
    this.#room = undefined;
  }

  wipe(): void {
    this.#files.clear();
  }

  powerCut(): void {
    for (const stored of this.#files.values()) {
      const { content, durable } = stored;
      const extends_ = content.length >= durable.length && content.subarray(0, durable.length).equals(durable);
      stored.content = extends_
        ? content.subarray(0, durable.length + this.#kernel.random.below(content.length - durable.length + 1))
        : this.#kernel.pick([content, durable]);
      stored.durable = stored.content;
    }
  }

  /** What a program does with it; every answer takes its time, and does not come where the program ends before. */
  get files(): JournalDisk {
    const { mkdir, readFile, open, rename, rm } = {
      mkdir: async () => undefined,
      readFile: async (name: string) => {
        await this.#time(200);
        return Buffer.from(this.#stored(name).content);
      },
      open: async (name: string, flags: string | number) => {
        await this.#time(200);
        if (typeof flags === 'number') return { sync: () => this.#sync(undefined), close: async () => undefined };
        if (flags === 'w') {
          this.#space(1, name);
          this.#files.set(name, { content: Buffer.alloc(0), durable: Buffer.alloc(0) });
        }
        return this.#handle(this.#stored(name));
      },
      rename: async (from: string, to: string) => {
        this.beforeWrite();
        await this.#time(300);
        // A journalling file system has the whole old name or the whole new one.
        this.#files.set(to, this.#stored(from));
        this.#files.delete(from);
      },
      rm: async (name: string) => {
        await this.#time(100);
        this.#files.delete(name);
      },
    };
    return { mkdir, readFile, open, rename, rm } as never;
  }

  #handle(stored: Stored) {
    const write = async (bytes: Buffer, offset: number, length: number, position: number) => {
      this.writes += 1;
      this.beforeWrite();
      await this.#time(50);
      const taken = this.#space(length, 'write');
      const end = Math.max(stored.content.length, position + taken);
      const content = Buffer.alloc(end);
      stored.content.copy(content);
      bytes.copy(content, position, offset, offset + taken);
      stored.content = content;
      return { bytesWritten: taken };
    };
    return {
      write,
      writeFile: async (bytes: Buffer) => {
        for (let done = 0; done < bytes.length; )
          done += (await write(bytes, done, bytes.length - done, done)).bytesWritten;
      },
      datasync: () => this.#sync(stored),
      sync: () => this.#sync(stored),
      close: async () => undefined,
    };
  }

  async #sync(stored: Stored | undefined): Promise<void> {
    this.beforeWrite();
    await this.#time(this.#kernel.chance(0.01) ? 150_000 : this.#kernel.random.between(1_000, 8_000));
    if (stored !== undefined && !this.lies) stored.durable = stored.content;
  }

  /** @returns bytes that there was room for, 1 at least */
  #space(wanted: number, what: string): number {
    if (this.#room === undefined) return wanted;
    const taken = Math.min(this.#room, wanted);
    this.#room -= taken;
    if (taken === 0) throw failed('ENOSPC', `no space left on device, ${what}`);
    return taken;
  }

  #stored(name: string): Stored {
    const stored = this.#files.get(name);
    if (stored === undefined) throw failed('ENOENT', `no such file, ${name}`);
    return stored;
  }

  #time(micros: number): Promise<void> {
    const { current } = this.#kernel;
    return new Promise((resolve) => this.#kernel.after(micros, current, resolve));
  }
}
