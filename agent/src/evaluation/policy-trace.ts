import type { Observation } from '@pitwall/protocol/policy';
import { observationSize } from '../simulator/index.js';

/** Half the observation's width and height: small enough to keep, large enough to see why. */
export const tracePicture = { width: observationSize.width / 2, height: observationSize.height / 2 } as const;
/** Five pictures a simulated second. */
export const stepsPerPicture = 3;
/** Five simulated minutes; what comes later is kept without pictures. */
const mostPictures = 1500;

/** What the policy saw and what it answered. */
export interface PolicyTrace {
  /** The network's output that held at each step. */
  readonly outputs: readonly (readonly number[])[];
  /** One for every {@link stepsPerPicture} steps, as runs of equal points in 16 shades of grey. */
  readonly pictures: Uint8Array;
}

/** Keeps what a policy saw and answered, step by step. */
export class PolicyTraceRecorder {
  readonly #outputs: (readonly number[])[] = [];
  readonly #pictures: Uint8Array[] = [];
  #output: readonly number[] = [];
  #camera: Uint8Array = new Uint8Array();

  /** The policy answered. The camera's buffer is read when the step is kept, so it may be the same at every call. */
  decided(camera: Observation['camera'], output: Float32Array): void {
    this.#camera = camera;
    this.#output = Array.from(output, (value) => Math.round(value * 1000) / 1000);
  }

  /** A step ended. */
  step(): void {
    if (this.#outputs.length % stepsPerPicture === 0 && this.#pictures.length < mostPictures) {
      const picture = coarse(this.#camera);
      if (picture !== undefined) this.#pictures.push(picture);
    }
    this.#outputs.push(this.#output);
  }

  get trace(): TrialTrace {
    return { outputs: this.#outputs, pictures: this.#pictures };
  }
}

/** The `index`th of a trace's pictures, a shade of 0 to 15 a point, row by row; undefined where there are not so many. */
export function tracedPicture(pictures: Uint8Array, index: number): Uint8Array | undefined {
  const area = tracePicture.width * tracePicture.height;
  const shades = new Uint8Array(area);
  let at = 0;
  for (let picture = 0; picture <= index; picture++) {
    for (let points = 0; points < area; ) {
      const run = pictures[at++];
      if (run === undefined) return undefined;
      shades.fill(run >> 4, points, points + 1 + (run & 15));
      points += 1 + (run & 15);
    }
  }
  return shades;
}

/** Of one trial: a picture of every {@link stepsPerPicture}th of its steps. */
export interface TrialTrace {
  readonly outputs: readonly (readonly number[])[];
  readonly pictures: readonly Uint8Array[];
}

/** Trials one behind the other: a picture that is due within a trial is that trial's latest. */
export function joinedTraces(traces: readonly TrialTrace[]): PolicyTrace {
  const outputs = traces.flatMap((trace) => trace.outputs);
  const kept: Uint8Array[] = [];
  let begin = 0;
  for (const trace of traces) {
    const end = begin + trace.outputs.length;
    for (let at = kept.length * stepsPerPicture; at < end && kept.length < mostPictures; at += stepsPerPicture) {
      const picture = trace.pictures[Math.floor((at - begin) / stepsPerPicture)];
      if (picture === undefined) break;
      kept.push(picture);
    }
    begin = end;
  }
  return { outputs, pictures: Buffer.concat(kept) };
}

/** The left picture where there are two; undefined where there is none. */
function coarse(camera: Uint8Array): Uint8Array | undefined {
  const { width, height } = tracePicture;
  const planes = camera.length / (4 * width * height);
  if (planes !== 1 && planes !== 2) return undefined;
  const row = 2 * width * planes;
  const shade = (x: number, y: number): number => {
    const at = 2 * y * row + 2 * x * planes;
    const four = (index: number) => camera[index] as number;
    return (four(at) + four(at + planes) + four(at + row) + four(at + row + planes)) >> 6;
  };
  const runs: number[] = [];
  let run = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const now = shade(x, y);
      if (x + y > 0 && now === run >> 4 && (run & 15) < 15) {
        run++;
        continue;
      }
      if (x + y > 0) runs.push(run);
      run = now << 4;
    }
  }
  runs.push(run);
  return Uint8Array.from(runs);
}
