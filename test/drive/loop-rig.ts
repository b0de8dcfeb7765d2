import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DrivingLoop, type ToActuator } from '@pitwall/agent/driving';
import type { Decode, Frame, FrameFormat } from '@pitwall/agent/hardware';
import { World } from '@pitwall/agent/simulator';
import type { Micros } from '@pitwall/protocol';
import type { Policy } from '@pitwall/protocol/policy';
import { parseTrack } from '@pitwall/protocol/track';
import { now } from '@pitwall/runtime';
import sharp from 'sharp';
import type { Reached } from './setpoint-process.js';

const width = 640;
const height = 480;

/** What a 640×480 camera sends of the virtual track: JPEG, and YUYV with the brightness of a webcam (16 to 235). */
export async function cameraFrames(): Promise<Readonly<Record<'mjpeg' | 'yuyv', Uint8Array>>> {
  const file = fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/oval.json'));
  const world = new World({ track: parseTrack(readFileSync(file, 'utf8'), 'the oval') });
  const colours = new Uint8Array(width * height * 3);
  world.renderColour(colours);
  const mjpeg = await sharp(colours, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
  const yuyv = new Uint8Array(width * height * 2).fill(128);
  for (let i = 0; i < width * height; i++) {
    const luma = 0.2989 * colours[3 * i]! + 0.587 * colours[3 * i + 1]! + 0.114 * colours[3 * i + 2]!;
    yuyv[2 * i] = 16 + (luma * 219) / 255;
  }
  return { mjpeg: new Uint8Array(mjpeg), yuyv };
}

export interface Passed {
  readonly frame: number;
  /** From the frame's last byte to its setpoint at the actuator process, in µs. */
  readonly micros: number;
}

/** The agent's loop with a camera that ticks exactly, and a real actuator process behind it. */
export class LoopRig {
  readonly #decode: Decode;
  readonly #policy: Policy;
  #actuator: ChildProcess | undefined;

  constructor(decode: Decode, policy: Policy) {
    this.#decode = decode;
    this.#policy = policy;
  }

  async start(): Promise<void> {
    const entry = new URL('./setpoint-process.js', import.meta.url);
    this.#actuator = fork(fileURLToPath(entry), { execArgv: [] });
    await once(this.#actuator, 'message');
  }

  stop(): void {
    this.#actuator?.disconnect();
  }

  /** `count` frames at `rate` a second; the way of each that became an action, and what was dropped. */
  async run(
    format: FrameFormat,
    data: Uint8Array,
    rate: number,
    count: number,
  ): Promise<{ passed: Passed[]; dropped: number }> {
    const actuator = this.#actuator!;
    const came = new Map<number, number>();
    let number = 0;
    let taken = 0;
    const loop = new DrivingLoop({
      now,
      rate,
      limit: 0,
      decode: (frame) => {
        taken = (frame as Numbered).number;
        return this.#decode(frame);
      },
      act: () => {
        const message: ToActuator = {
          type: 'setpoint',
          outputs: { steering: taken / 1000, throttle: 0 },
          deadline: (now() + 150_000) as Micros,
        };
        actuator.send(message);
      },
      failed: (reason, cause) => {
        if (reason !== 'inference-slow') throw new Error(reason, { cause });
      },
    });
    loop.policy = this.#policy;
    const begun = now();
    await new Promise<void>((resolve) => {
      const tick = () => {
        // Frames that were due while this process was held up come at once, as they would out of a camera's buffer.
        while (number < count && now() - begun >= (number * 1e6) / rate) {
          number += 1;
          const at = now();
          came.set(number, at);
          loop.frame({ number, at, format, width, height, data } as Numbered);
        }
        if (number === count) setTimeout(resolve, 100);
        else setTimeout(tick, Math.max(0, ((number * 1e6) / rate - (now() - begun)) / 1000));
      };
      tick();
    });
    actuator.send('report');
    const [reached] = (await once(actuator, 'message')) as [Reached[]];
    const passed = reached.map(({ frame, at }) => ({ frame, micros: at - came.get(frame)! }));
    return { passed, dropped: loop.takeCounts().dropped };
  }

  /** One empty message to the actuator process, in µs. */
  async hop(): Promise<number> {
    const sent = now();
    this.#actuator!.send('empty');
    const [at] = (await once(this.#actuator!, 'message')) as [number];
    return at - sent;
  }
}

type Numbered = Frame & { readonly number: number };
