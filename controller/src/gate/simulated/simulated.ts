import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type Micros, parseJson } from '@pitwall/protocol';
import { TruePose } from '@pitwall/protocol/messages';
import { crossing, type Point } from '@pitwall/protocol/track';
import { Retry } from '@pitwall/runtime';
import type { Sensor, SensorEvents } from '../sensor.js';

/** The front point of the car lies this far ahead of its origin; the cloud simulator measures progress there too. */
const noseM = 0.14;
/** Poses come at 100 Hz or more; a pause longer than this hides what happened in it, and a leap is a car carried back. */
const longestStep = 100_000;
const longestLeapM = 0.6;
/** What interpolation between two poses 10 ms apart is wrong by under 3 m/s² at 1 m/s, rounded up. */
const interpolationError = 40 as Micros;

/**
 * A gate on a simulated track: it watches where a simulated car really is, on the local socket of the car's simulated
 * hardware, and stamps when its nose crosses the line in racing direction, interpolated to the microsecond. Stamps are in
 * the clock of the poses.
 */
export class SimulatedSensor implements Sensor {
  readonly #socketPath: string;
  readonly #line: Line;
  #socket: Socket | undefined;
  readonly #retry = new Retry({ firstMs: 50, mostMs: 1000 });
  #stopped = true;

  /** `line` from its left end to its right, seen in racing direction. */
  constructor(socketPath: string, line: Line) {
    this.#socketPath = socketPath;
    this.#line = line;
  }

  async start(events: SensorEvents): Promise<void> {
    this.#stopped = false;
    this.#connect(events);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry.stop();
    this.#socket?.destroy();
  }

  #connect(events: SensorEvents): void {
    const socket = createConnection(this.#socketPath);
    this.#socket = socket;
    const watcher = new LineWatcher(this.#line);
    socket.once('connect', () => {
      if (this.#stopped) return;
      this.#retry.worked();
      events.status('ok', 'the simulated car is in sight');
    });
    const lines = createInterface({ input: socket });
    // The interface repeats the socket's errors; 'close' below is where they are dealt with.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      // Several may have come at once.
      if (this.#stopped) return;
      try {
        const pose = parseJson(TruePose, line, 'A pose of the simulated car');
        const at = watcher.see(pose);
        if (at !== undefined) events.edge({ bootId: pose.bootId, at, uncertainty: interpolationError });
      } catch {
        events.lost(1);
      }
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.#stopped) return;
      events.status('gone', `no simulated car at ${this.#socketPath}; trying again`);
      this.#retry.again(() => this.#connect(events));
    });
  }
}

interface Line {
  readonly left: Point;
  readonly right: Point;
}

/** A gate sees a little beyond the road's borders, where the nose of a car may be while a wheel is still inside. */
const beyondM = 0.15;

/** Where the nose of one car crosses a line, from its poses in order. */
export class LineWatcher {
  readonly #line: Line;
  readonly #last = new Map<string, { pose: TruePose; nose: Point }>();

  constructor({ left, right }: Line) {
    const width = Math.hypot(right.x - left.x, right.y - left.y);
    const dx = ((right.x - left.x) / width) * beyondM;
    const dy = ((right.y - left.y) / width) * beyondM;
    this.#line = { left: { x: left.x - dx, y: left.y - dy }, right: { x: right.x + dx, y: right.y + dy } };
  }

  /** @returns when the nose crossed the line forwards between this car's last pose and this one. */
  see(pose: TruePose): Micros | undefined {
    const nose = { x: pose.x + noseM * Math.cos(pose.yaw), y: pose.y + noseM * Math.sin(pose.yaw) };
    const last = this.#last.get(pose.car);
    this.#last.set(pose.car, { pose, nose });
    if (last === undefined || last.pose.bootId !== pose.bootId) return undefined;
    const step = pose.at - last.pose.at;
    if (step <= 0 || step > longestStep) return undefined;
    if (Math.hypot(nose.x - last.nose.x, nose.y - last.nose.y) > longestLeapM) return undefined;
    const crossed = crossing(this.#line, last.nose, nose);
    if (crossed?.forwards !== true) return undefined;
    return Math.round(last.pose.at + crossed.fraction * step) as Micros;
  }
}
