import { isPitwallError, type Micros, type Sha256 } from '@pitwall/protocol';
import type { Action, Range } from '@pitwall/protocol/policy';
import { type Decode, openDecoder, type StereoSide } from '../hardware/index.js';
import { difference, type LoadedModel, observe, planeOf } from '../model/index.js';
import { channels, DecisionRecord, LidarRecord, recordedLidar } from './channels.js';
import { jsonOf, readRecording } from './read-recording.js';
import { PictureRecord } from './recording-files.js';

/** Frames further apart than this are not neighbours: something was left out between them. In ns. */
const neighbours = 500_000_000n;
/** Steering that turns back by less than this many degrees has not turned back. */
const turnsBackDeg = 1;

/** Where the model would have done otherwise, by more than 1° or 0.1 m/s; neighbouring frames are one place. */
export interface Place {
  /** Seconds after the recording's first frame. */
  readonly from: number;
  readonly to: number;
  readonly frames: number;
  /** Where they were furthest apart. */
  readonly recorded: Pick<Action, 'steeringDeg' | 'speedMps'>;
  readonly decided: Pick<Action, 'steeringDeg' | 'speedMps'>;
}

export interface Replayed {
  readonly model: { readonly hash: Sha256; readonly name: string; readonly checkpoint: string };
  readonly frames: number;
  /** Frames that a model decided on while they were recorded. */
  readonly compared: number;
  readonly otherwise: number;
  readonly steeringDeg: { readonly mean: number; readonly max: number };
  readonly places: readonly Place[];
  /** On the same archive's own recording: frames with the same output to the bit, and by how much others moved. */
  readonly same: { readonly frames: number; readonly identical: number; readonly moved: number } | null;
  /** Between neighbouring frames: degrees that the steering changes, and how often a second it turns back. */
  readonly steadiness: { readonly changeDeg: number; readonly turnsBack: number };
}

/**
 * Shows the frames of a recording to models, as the car would have: the same pixels, where the camera sent JPEG or
 * pictures were kept as PNG. Stereo models see the left picture twice where the
 * recording has one, models with a lidar an empty track where it has none of theirs.
 * @throws PitwallError `not-found`, `recording-invalid`
 */
export async function replayRecording(path: string, models: readonly LoadedModel[]): Promise<Replayed[]> {
  const runs = models.map((model) => new Run(model));
  const decoder = await openDecoder();
  let seen: Seen | undefined;
  const decide = async (recorded?: DecisionRecord) => {
    const now = seen;
    seen = undefined;
    if (now !== undefined) for (const run of runs) await run.see(now, recorded);
  };
  try {
    // What belongs to a frame follows it in the file and has its time; its decision is the last of it.
    for await (const { topic, at, data } of readRecording(path)) {
      if (topic === channels.camera.topic) {
        await decide();
        const left = await plane(decoder.decode, jsonOf(data), 'left');
        // Neither did the car see what is damaged.
        if (left !== undefined) seen = { at, left };
      } else if (seen?.at !== at) continue;
      else if (topic === channels.right.topic) {
        const right = await plane(decoder.decode, jsonOf(data), 'right');
        if (right !== undefined) seen.right = right;
      } else if (topic === channels.lidar.topic) seen.lidar = recordedLidar(LidarRecord.parse(jsonOf(data)));
      else if (topic === channels.decision.topic) await decide(DecisionRecord.parse(jsonOf(data)));
    }
    await decide();
  } finally {
    decoder.close();
  }
  return runs.map((run) => run.result());
}

/** What was there to be seen at one moment. */
interface Seen {
  readonly at: bigint;
  readonly left: Uint8Array;
  right?: Uint8Array;
  lidar?: readonly Range[] | Float32Array;
}

async function plane(decode: Decode, record: object, side: StereoSide): Promise<Uint8Array | undefined> {
  const { format, data } = PictureRecord.parse(record);
  const bytes = Buffer.from(data, 'base64');
  try {
    if (format === 'png') return await planeOf(bytes, 'A picture of the recording');
    return await decode({ at: 0 as Micros, format: 'mjpeg', width: 0, height: 0, data: bytes }, side);
  } catch (error) {
    if (isPitwallError(error) && (error.code === 'frame-invalid' || error.code === 'picture-invalid')) return undefined;
    throw error;
  }
}

/** The steadiest first: the one whose steering changes least from frame to frame. */
export const steadiest = (replayed: readonly Replayed[]): readonly Replayed[] =>
  replayed.toSorted((a, b) => a.steadiness.changeDeg - b.steadiness.changeDeg);

/** One model on one recording. */
class Run {
  readonly #model: LoadedModel;
  #first: bigint | undefined;
  #before: { readonly at: bigint; readonly steeringDeg: number } | undefined;
  #frames = 0;
  #compared = 0;
  #otherwise = 0;
  #steering = { sum: 0, max: 0 };
  #same = { frames: 0, identical: 0, moved: 0 };
  #change = { sum: 0, pairs: 0, seconds: 0, turnsBack: 0, way: 0 };
  readonly #places: (Place & { readonly apart: number })[] = [];

  constructor(model: LoadedModel) {
    this.#model = model;
  }

  async see({ at, left, right, lidar }: Seen, recorded: DecisionRecord | undefined): Promise<void> {
    const { metadata, policy } = this.#model;
    const fits = !(lidar instanceof Float32Array) || lidar.length === metadata.lidar?.config.values;
    const { action, output } = await policy.decide(observe({ metadata }, left, right, fits ? lidar : undefined));
    this.#first ??= at;
    this.#frames += 1;
    this.#steady(at, action.steeringDeg);
    if (recorded === undefined) return;
    this.#compared += 1;
    const apart = difference(action, recorded);
    this.#steering.sum += apart.steeringDeg;
    this.#steering.max = Math.max(this.#steering.max, apart.steeringDeg);
    if (apart.matters) {
      this.#otherwise += 1;
      this.#place(Number(at - this.#first) / 1e9, apart.steeringDeg + apart.speedMps, recorded, action);
    }
    if (recorded.model !== this.#model.hash || recorded.output.length !== output.length) return;
    const moved = output.reduce((most, value, i) => Math.max(most, Math.abs(value - recorded.output[i]!)), 0);
    this.#same.frames += 1;
    if (moved === 0) this.#same.identical += 1;
    this.#same.moved = Math.max(this.#same.moved, moved);
  }

  result(): Replayed {
    const { hash, name, checkpoint } = this.#model;
    const { sum, pairs, seconds, turnsBack } = this.#change;
    return {
      model: { hash, name, checkpoint: String(checkpoint.number ?? checkpoint.path) },
      frames: this.#frames,
      compared: this.#compared,
      otherwise: this.#otherwise,
      steeringDeg: { mean: share(this.#steering.sum, this.#compared), max: this.#steering.max },
      places: this.#places.map(({ apart: _, ...place }) => place),
      same: this.#same.frames === 0 ? null : this.#same,
      steadiness: { changeDeg: share(sum, pairs), turnsBack: share(turnsBack, seconds) },
    };
  }

  #steady(at: bigint, steeringDeg: number): void {
    const before = this.#before;
    this.#before = { at, steeringDeg };
    if (before === undefined || at - before.at > neighbours) {
      this.#change.way = 0;
      return;
    }
    const change = steeringDeg - before.steeringDeg;
    this.#change.sum += Math.abs(change);
    this.#change.pairs += 1;
    this.#change.seconds += Number(at - before.at) / 1e9;
    if (Math.abs(change) < turnsBackDeg) return;
    if (Math.sign(change) === -this.#change.way) this.#change.turnsBack += 1;
    this.#change.way = Math.sign(change);
  }

  #place(at: number, apart: number, recorded: Place['recorded'], decided: Place['decided']): void {
    const last = this.#places.at(-1);
    const worst = {
      recorded: { steeringDeg: recorded.steeringDeg, speedMps: recorded.speedMps },
      decided: { steeringDeg: decided.steeringDeg, speedMps: decided.speedMps },
      apart,
    };
    if (last === undefined || at - last.to > 0.5) this.#places.push({ from: at, to: at, frames: 1, ...worst });
    else this.#places.splice(-1, 1, { ...last, to: at, frames: last.frames + 1, ...(apart > last.apart ? worst : {}) });
  }
}

const share = (sum: number, count: number): number => (count === 0 ? 0 : sum / count);
