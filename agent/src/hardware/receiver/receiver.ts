import type { ReceiverProfile } from '@pitwall/firmware-config';
import { type OpenSignal, Supervisor } from '@pitwall/runtime';
import type { Controls, ControlsEvents } from '../controls/index.js';
import type { DeviceEvents } from '../device.js';
import { type RcFrame, RcFrames } from './frames.js';
import { TransmitterSwitches } from './switches.js';

/** Frames come every 7 to 20 ms; without one for so long it is not heard, in ms. */
const silentMs = 200;
/** It is not missed before its port could be opened, in ms. */
const firstMs = 2000;
/** Silence that is told, in ms: longer than a transmitter is out of reach behind somebody. */
const toldMs = 1000;
const tickMs = 20;
/** A hand is told again every 40 ms. */
const driveTicks = 2;

/** Of the two protocols: S.BUS is an inverted signal, which a port takes behind an inverter only. */
const lines = {
  ibus: { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 },
  sbus: { baudRate: 100_000, dataBits: 8, parity: 'even', stopBits: 2 },
} as const;

/** A serial port that was opened; `closed` is told when it is gone. */
export interface ReceiverPort {
  readonly close: () => Promise<void>;
}
export type OpenReceiverPort = (
  profile: ReceiverProfile,
  on: { readonly bytes: (bytes: Uint8Array) => void; readonly closed: () => void },
) => Promise<ReceiverPort>;

/**
 * A radio receiver at a serial port: a kill switch in somebody's hand, and driving by hand. A receiver whose kill channel is not heard
 * (transmitter off, out of reach, cable out) stops the car as a pressed button does.
 */
export class RcReceiver implements Controls {
  readonly #profile: ReceiverProfile;
  readonly #open: OpenReceiverPort;
  readonly #now: () => number;
  readonly #events: DeviceEvents | undefined;
  #supervisor: Supervisor | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #last: { readonly frame: RcFrame; readonly at: number } | undefined;

  /** @param now ms of a monotonic clock */
  constructor(
    profile: ReceiverProfile,
    {
      open = openPort,
      now = () => performance.now(),
      events,
    }: { readonly open?: OpenReceiverPort; readonly now?: () => number; readonly events?: DeviceEvents } = {},
  ) {
    this.#profile = profile;
    this.#open = open;
    this.#now = now;
    this.#events = events;
  }

  start(on: ControlsEvents): void {
    const switches = new TransmitterSwitches(this.#profile);
    const began = this.#now();
    let ticks = 0;
    this.#supervisor = new Supervisor({
      open: (signal) => this.#hear(signal),
      ...(this.#events === undefined ? {} : { events: this.#events }),
    });
    this.#supervisor.start();
    this.#ticking = setInterval(() => {
      const at = this.#now();
      ticks += 1;
      if (this.#last === undefined && at - began < firstMs) return;
      const isFresh = this.#last !== undefined && at - this.#last.at < silentMs;
      const { killed, drives, command } = switches.take(isFresh ? this.#last?.frame : undefined);
      // Again and again while it is so: nobody clears the car meanwhile.
      if (killed) on.emergency();
      if (command === 'stop') on.command('stop');
      if (command === 'arm-and-start') {
        on.command('arm');
        on.command('start');
      }
      if (drives !== undefined && ticks % driveTicks === 0) on.drive(drives);
    }, tickMs);
  }

  stop(): void {
    clearInterval(this.#ticking);
    void this.#supervisor?.stop();
    this.#supervisor = undefined;
    this.#last = undefined;
  }

  async #hear({ there, lost }: OpenSignal): Promise<() => Promise<void>> {
    const frames = new RcFrames(this.#profile.kind);
    const silent = () =>
      lost(
        `The receiver at ${this.#profile.port} is not heard; is its transmitter on, and receiver.kind what it speaks?`,
      );
    let silence: NodeJS.Timeout | undefined;
    const port = await this.#open(this.#profile, {
      bytes: (bytes) => {
        const frame = frames.push(bytes).at(-1);
        if (frame === undefined) return;
        this.#last = { frame, at: this.#now() };
        if (frame.failsafe) return;
        there();
        silence?.refresh();
      },
      closed: () => lost(`The receiver at ${this.#profile.port} is gone; check its cable.`),
    });
    silence = setTimeout(silent, toldMs);
    return async () => {
      clearTimeout(silence);
      await port.close();
    };
  }
}

const openPort: OpenReceiverPort = async ({ kind, port: path }, { bytes, closed }) => {
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({ path, ...lines[kind], autoOpen: false });
  await new Promise<void>((resolve, reject) =>
    port.open((error) =>
      error === null ? resolve() : reject(new Error(`The receiver cannot be opened at ${path}; check its cable.`)),
    ),
  );
  port.on('data', bytes);
  port.on('close', closed);
  port.on('error', closed);
  return {
    close: () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
};
