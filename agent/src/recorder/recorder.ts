import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Micros } from '@pitwall/protocol';
import type { Crossing, LapMessage, RecorderState } from '@pitwall/protocol/messages';
import type { Now } from '@pitwall/runtime';
import { type CarSnapshot, type DriveMonitor, type ProcessedFrame, type Reason, reasons } from '../driving/index.js';
import type { BatteryReading, Frame, Motion, Outputs, Picture } from '../hardware/index.js';
import { ByteQueue } from './byte-queue.js';
import { type ChannelName, channels, lidarRecord, type Recorded } from './channels.js';
import { McapFile } from './mcap-file.js';
import type { RecordingFolder } from './recording-folder.js';
import { RecordingSwitch } from './recording-switch.js';
import { pictureRecord, stateRecord } from './records.js';

/** Nothing that was taken waits longer for the disk, in ms. */
const cutMs = 250;
/** How long after a failure it tries again, in ms. */
const againMs = 10_000;
/** Bytes that wait for the disk: over the first pictures are left out, over the second everything. */
const behind = { pictures: 4 * 2 ** 20, everything: 8 * 2 ** 20 };
/** Shares of a file's size: at the first the next one is opened, over the second nothing more fits but the index. */
const [nearlyFull, full] = [0.9, 0.97];
/** The most that is kept while a file is being opened. */
const mostEarly = 1000;

export interface RecorderParts {
  readonly ring: RecordingFolder;
  /** The size of one file, bytes. */
  readonly fileBytes: number;
  readonly now: Now;
  /** ms since 1970. */
  readonly wall: () => number;
  /** The plane that a policy saw, for cameras that send no JPEG. */
  readonly picture: (plane: Uint8Array, frame: Frame) => Picture;
  /** Written into every file. */
  readonly about: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}

/**
 * The black box: writes down what the car sees, wants and does, while it is armed. It takes what it is given and
 * returns at once; what goes wrong with it is reported, and the car drives without it.
 */
export class Recorder implements DriveMonitor {
  readonly #parts: RecorderParts;
  #state: CarSnapshot | undefined;
  readonly #switch = new RecordingSwitch(() => this.#turn());
  #file: McapFile | undefined;
  #opening = false;
  #failed = false;
  #dropped = 0;
  #early: (() => void)[] = [];
  /** Of one message. */
  readonly #text = new ByteQueue();
  /** µs from the car's clock to 1970, as the open file has it. */
  #offset = 0;
  #pulse: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  get state(): RecorderState {
    const state = this.#failed ? 'failed' : this.#file === undefined ? 'off' : 'recording';
    return { state, name: this.#file === undefined ? null : this.#parts.ring.open, dropped: this.#dropped };
  }

  /** Bytes that wait for the disk. */
  get waiting(): number {
    return this.#file?.waiting ?? 0;
  }

  /** The car changed. @param powered whether it is armed, up to stopped */
  changed(state: CarSnapshot, powered: boolean): void {
    this.#state = state;
    this.#switch.power(powered);
    this.#take('state', this.#parts.now(), stateRecord(state));
  }

  /** On: from now on. Off: now, until the car is armed again. */
  record(on: boolean): void {
    this.#switch.set(on);
  }

  processed({ frame, camera, right, lidar, decision, took }: ProcessedFrame): void {
    if (!this.#taking) return;
    this.#guard(() => {
      const { at } = frame;
      if (this.waiting > behind.pictures) this.#dropped += 1;
      else {
        this.#see('camera', at, frame, camera);
        if (right !== null && frame.right !== undefined) this.#see('right', at, frame.right, right);
      }
      if (lidar !== null) this.#take('lidar', at, lidarRecord(lidar));
      if (decision !== null) {
        const { action, output } = decision;
        const model = this.#state?.model?.hash ?? '';
        this.#take('decision', at, { model, ...action, output: Array.from(output) });
      }
      this.#take('latency', at, took);
    });
  }

  sent({ steering, throttle }: Outputs, deadline: Micros): void {
    const at = this.#parts.now();
    this.#take('setpoint', at, { steering, throttle, holds: deadline - at });
  }

  noticed(reason: Reason): void {
    this.#take('fault', this.#parts.now(), { reason, text: reasons[reason].text });
  }

  moved({ at, x, y, z, turn }: Motion): void {
    this.#take('motion', at, {
      ...{ x, y, z },
      ...(turn === undefined ? {} : { turnX: turn.x, turnY: turn.y, turnZ: turn.z }),
    });
  }

  battery({ at, unit, value }: BatteryReading): void {
    this.#take('battery', at, { unit, value });
  }

  said(line: string): void {
    this.#take('log', this.#parts.now(), { level: 2, message: line, name: 'pitwall-agent', file: '', line: 0 });
  }

  crossed({ gate, bootId, seq, at, uncertainty }: Crossing): void {
    this.#take('crossing', this.#parts.now(), { gate, bootId, seq, at, uncertainty });
  }

  lapped({ race, runId, racer, car, lap, time, uncertainty, valid }: LapMessage): void {
    const who = { ...(racer === null ? {} : { racer }), ...(car === null ? {} : { car }) };
    this.#take('lap', this.#parts.now(), { race, runId, ...who, lap, time, uncertainty, valid });
  }

  /** What was taken is on its way to the disk before this ends. Idempotent. */
  async stop(): Promise<void> {
    clearTimeout(this.#again);
    this.#switch.end();
    await this.#closing;
  }

  get #taking(): boolean {
    return this.#file !== undefined || this.#opening;
  }

  #turn(): void {
    if (!this.#switch.on) {
      clearTimeout(this.#again);
      this.#failed = false;
      this.#early = [];
      this.#close();
    } else if (this.#file === undefined && !this.#failed) void this.#open();
  }

  /** A new file, at the start or after the one before is full; that one is written until this one is there. */
  async #open(emptied = false): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    const { ring, fileBytes, now, wall, about } = this.#parts;
    // What happens from here on is kept for the file, unless the one before it still takes it.
    const begun = this.#file === undefined ? { state: this.#state, at: now() } : undefined;
    try {
      const { name, path } = await ring.next(fileBytes, new Date(wall()), emptied);
      const offset = Math.round(wall() * 1000) - now();
      const file: McapFile = await McapFile.create(path, { ...about, offset: String(offset) }, (cause) => {
        if (file === this.#file) this.#fail(cause);
      });
      this.#opening = false;
      if (!this.#switch.on) {
        await file.close();
        return;
      }
      this.#close();
      this.#file = file;
      this.#offset = offset;
      ring.open = name;
      if (this.#failed) this.#parts.report('the recorder writes again');
      this.#failed = false;
      this.#pulse = setInterval(() => file.cut(), cutMs);
      const { state, at } = begun ?? { state: this.#state, at: now() };
      if (state !== undefined) this.#take('state', at, stateRecord(state));
      for (const late of this.#early.splice(0)) late();
    } catch (cause) {
      this.#opening = false;
      this.#fail(cause);
    }
  }

  #close(): void {
    clearInterval(this.#pulse);
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    this.#parts.ring.open = null;
    const closed = file
      .close()
      .catch((cause: unknown) => this.#parts.report(`the recording is cut short: ${text(cause)}`));
    this.#closing = Promise.all([this.#closing, closed]).then(() => {});
  }

  #fail(cause: unknown): void {
    const file = this.#file;
    clearInterval(this.#pulse);
    this.#file = undefined;
    this.#early = [];
    const { ring } = this.#parts;
    if (file !== undefined && ring.open !== null) void discard(file, join(ring.folder, ring.open));
    ring.open = null;
    if (!this.#failed) {
      this.#parts.report(`the recorder cannot write: ${text(cause)}; the car drives without it, and it tries again`);
    }
    this.#failed = true;
    clearTimeout(this.#again);
    if (!this.#switch.on) return;
    const noRoom = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
    this.#again = setTimeout(() => void this.#open(noRoom), againMs);
  }

  /** A camera's own JPEG is kept as it is, where nothing had to be turned upright. */
  #see(side: 'camera' | 'right', at: Micros, frame: Frame, plane: Uint8Array | null): void {
    const own = frame.format === 'mjpeg' && frame.flip === undefined;
    if (own) this.#take(side, at, pictureRecord(side, { format: 'jpeg', data: frame.data }));
    else if (plane !== null) this.#take(side, at, pictureRecord(side, this.#parts.picture(plane, frame)));
  }

  #take<C extends ChannelName>(name: C, at: Micros, message: Recorded[C]): void {
    if (this.#file === undefined) {
      if (this.#opening && this.#early.length < mostEarly) this.#early.push(() => this.#take(name, at, message));
      return;
    }
    this.#guard((file) => {
      const { fileBytes } = this.#parts;
      if (file.size > nearlyFull * fileBytes) void this.#open();
      if (file.waiting > behind.everything || file.size > full * fileBytes) {
        this.#dropped += 1;
        return;
      }
      const micros = at + this.#offset;
      const timestamp = { sec: Math.floor(micros / 1e6), nsec: (micros % 1e6) * 1000 };
      this.#text.clear();
      this.#text.addText(JSON.stringify({ timestamp, ...message }));
      file.add(channels[name], BigInt(micros) * 1000n, this.#text.bytes);
    });
  }

  /** A defect in here is no reason to stop a car. */
  #guard(act: (file: McapFile) => void): void {
    try {
      if (this.#file !== undefined) act(this.#file);
    } catch (error) {
      this.#fail(error);
    }
  }
}

/** What came to the disk stays, unless it is nothing: each try would leave an empty recording. */
async function discard(file: McapFile, path: string): Promise<void> {
  await file.close().catch(() => {});
  if (file.isEmpty) await rm(path, { force: true }).catch(() => {});
}

const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
