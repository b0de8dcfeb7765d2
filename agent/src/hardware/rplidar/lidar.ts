import { setTimeout as wait } from 'node:timers/promises';
import type { LidarProfile } from '@pitwall/firmware-config';
import { type Now, Supervisor } from '@pitwall/runtime';
import type { DeviceEvents } from '../device.js';
import type { Lidar, Scan } from '../lidar.js';
import { Nodes } from './nodes.js';

const stop = Uint8Array.from([0xa5, 0x25]);
const scan = Uint8Array.from([0xa5, 0x20]);
/** Scan's response descriptor: nodes of 5 bytes follow until it is stopped. */
const descriptor = Buffer.from([0xa5, 0x5a, 0x05, 0x00, 0x00, 0x40, 0x81]);
/** It takes a new command this long after a stop, in ms. */
const stopMs = 20;
/** As Slamtec's SDK waits between motor and scan (sl_lidar_driver.cpp). */
const motorMs = 500;
/** The motor needs its time to come up; then a turn takes 0.1 to 0.2 s. */
const firstMs = 5000;
const nextMs = 1000;

/** 0xF0: share of 1023 of its PWM; an A1's motor hangs on DTR and ignores it. 0xA8: turns a minute. */
const byPwm = { command: 0xf0, on: 660 } as const;
const byTurns = { command: 0xa8, on: 600 } as const;

/** Port's speed by the launch files of Slamtec/rplidar_ros, and the motor's command by its SDK (sl_lidar_cmd.h). */
const models = {
  a1: { baud: 115_200, turning: byPwm },
  a2m8: { baud: 115_200, turning: byPwm },
  a2m7: { baud: 256_000, turning: byPwm },
  a2m12: { baud: 256_000, turning: byPwm },
  a3: { baud: 256_000, turning: byPwm },
  c1: { baud: 460_800, turning: byTurns },
  s2: { baud: 1_000_000, turning: byTurns },
} as const;

/** The motor's command: its speed low byte first, and the exclusive or of what went before. */
export function motor({ command }: { readonly command: number }, speed: number): Uint8Array {
  const bytes = [0xa5, command, 0x02, speed & 0xff, speed >> 8];
  return Uint8Array.from([...bytes, bytes.reduce((sum, byte) => sum ^ byte, 0)]);
}

/** Slamtec's RPLIDAR on its serial port. */
export class RpLidar implements Lidar {
  readonly #profile: LidarProfile;
  readonly #now: Now;
  readonly #supervisor: Supervisor;
  #onScan: (scan: Scan) => void = () => {};

  constructor(profile: LidarProfile, parts: { readonly now: Now; readonly events: DeviceEvents }) {
    this.#profile = profile;
    this.#now = parts.now;
    this.#supervisor = new Supervisor({ events: parts.events, open: (signal) => this.#open(signal) });
  }

  get health() {
    return this.#supervisor.health;
  }

  async start(onScan: (scan: Scan) => void): Promise<void> {
    this.#onScan = onScan;
    this.#supervisor.start();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  async #open({ there, lost }: { there: () => void; lost: (why: string) => void }): Promise<() => Promise<void>> {
    const { port: path, model } = this.#profile;
    const { baud, turning } = models[model];
    const baudRate = this.#profile.baud ?? baud;
    const { SerialPort } = await import('serialport');
    const port = new SerialPort({ path, baudRate, autoOpen: false });
    await new Promise<void>((resolve, reject) =>
      port.open((error) =>
        error === null ? resolve() : reject(new Error(`The lidar cannot be opened at ${path}; check its cable.`)),
      ),
    );
    const silent = () => lost(`The lidar at ${path} says nothing; does it turn?`);
    let silence = setTimeout(silent, firstMs);
    const nodes = new Nodes(this.#profile, (ranges) => {
      clearTimeout(silence);
      silence = setTimeout(silent, nextMs);
      there();
      this.#onScan({ at: this.#now(), ranges });
    });
    port.on('close', () => lost(`The lidar at ${path} is gone; check its cable.`));
    port.on('error', () => lost(`The lidar at ${path} failed; check its cable.`));
    // On the adapter of an A1 the motor runs while DTR is off. What is no real serial port has none.
    port.set({ dtr: false }, () => {});
    port.write(stop);
    await wait(stopMs);
    let before = Buffer.alloc(0);
    let answered = false;
    port.on('data', (chunk: Buffer) => {
      if (answered) {
        nodes.push(chunk);
        return;
      }
      // Nodes of an earlier life may still be under way.
      before = Buffer.concat([before, chunk]);
      const at = before.indexOf(descriptor);
      if (at === -1) {
        before = before.subarray(-descriptor.length);
        return;
      }
      answered = true;
      nodes.push(before.subarray(at + descriptor.length));
    });
    port.write(motor(turning, turning.on));
    await wait(motorMs);
    port.write(scan);
    return async () => {
      clearTimeout(silence);
      if (!port.isOpen) return;
      port.write(stop);
      port.write(motor(turning, 0));
      await new Promise<void>((resolve) => port.drain(() => resolve()));
      await new Promise<void>((resolve) => port.set({ dtr: true }, () => resolve()));
      await new Promise<void>((resolve) => port.close(() => resolve()));
    };
  }
}
