import { PitwallError } from '@pitwall/protocol';
import type { ModelMetadata } from '@pitwall/protocol/policy';
import { type NetworkTensors, type TensorInfo, tensorSize } from '../graph/index.js';
import { bindOutputs, type Evidence } from './bind-outputs.js';
import { askingWhat } from './network-question.js';
import type { Head } from './output-head.js';

/** The version of this project's simulator from which on its lidar is mounted backwards, as DeepRacer's. */
const rearwardSince = 3;

/** What the network takes, bound to what the car sees, and what it gives, bound to what the car does. */
export interface Binding {
  readonly camera: TensorInfo;
  /** Planes that the camera gives: 1 mono, 2 stereo. */
  readonly planes: number;
  /** The network wants colour: the grey plane is given this many times. */
  readonly copies: number;
  /** One plane after another, as PyTorch has images; else pixel by pixel. */
  readonly planar: boolean;
  /** What black and white, 0 and 255, are for the network. */
  readonly pixels: readonly [number, number];
  readonly lidar?: TensorInfo;
  /** Those that are used. */
  readonly outputs: readonly TensorInfo[];
  readonly head: Head;
}

/** A network, understood: what it is fed with, how it is read, and what is known of its training. */
export interface BoundNetwork {
  readonly binding: Binding;
  readonly metadata: ModelMetadata;
  /** What is driven, one sentence each. */
  readonly reading: readonly string[];
}

/**
 * The one place where it is decided what a network sees and what its numbers mean; what it says is what is driven.
 * @throws PitwallError `graph-invalid`.
 */
export function bindNetwork(tensors: NetworkTensors, evidence: Evidence): BoundNetwork {
  const inputs = bindInputs(tensors, evidence);
  const { head, outputs } = askingWhat(tensors, evidence, inputs, () => bindOutputs(tensors, evidence));
  const donkeycar = head.kind === 'donkeycar-linear' || head.kind === 'donkeycar-categorical';
  // Donkeycar divides by 255 before the network, DeepRacer and Stable-Baselines3 inside it.
  const pixels = evidence.description?.input?.range ?? (donkeycar ? ([0, 1] as const) : ([0, 255] as const));
  const binding = { ...inputs, pixels, outputs, head };
  const metadata = withLidarOf(binding, evidence.metadata ?? unwritten(binding), evidence);
  return { binding, metadata, reading: inWords(binding, metadata) };
}

/** Finds which input is the camera and which the lidar, and whether they fit the metadata. */
function bindInputs(
  { inputs }: NetworkTensors,
  { metadata, description }: Evidence,
): Omit<Binding, 'pixels' | 'outputs' | 'head'> {
  const said = description?.input;
  const meant = said?.name === undefined ? undefined : inputs.find((tensor) => tensor.called === said.name);
  const list = inputs.map((tensor) => `${tensor.called} [${tensor.shape}]`).join(', ');
  if (said?.name !== undefined && meant === undefined)
    throw wrong(`pitwall.yaml speaks of the input "${said.name}"; the network takes ${list || 'nothing'}.`);
  const [camera, ...otherCameras] =
    meant === undefined ? inputs.filter((tensor) => tensor.shape.length === 4) : [meant];
  const [lidar, ...otherLidars] = inputs.filter((tensor) => tensor !== camera && !otherCameras.includes(tensor));
  const sequence = inputs.find((tensor) => tensor.shape.length === 5);
  if (sequence !== undefined) {
    throw wrong(`The network takes ${sequence.called} [${sequence.shape}], several frames at once; a policy sees one.`);
  }
  if (camera === undefined || camera.shape.length !== 4 || otherCameras.length > 0 || otherLidars.length > 0) {
    throw wrong(`The network takes ${list || 'nothing'}; a policy takes exactly one camera and at most one lidar.`);
  }
  const [, a, b, c] = camera.shape as [number, number, number, number];
  const channels = a === 120 && b === 160 ? c : b === 120 && c === 160 ? a : 0;
  const planes = metadata === undefined ? (channels === 2 ? 2 : 1) : metadata.camera === 'STEREO_CAMERAS' ? 2 : 1;
  const colour = channels === 3 && planes === 1;
  if (channels !== planes && !colour) {
    const because =
      metadata === undefined
        ? 'a policy sees 160×120, grey, stereo or in colour'
        : `the metadata names ${metadata.camera}, which is ${planes} plane(s) of 160×120`;
    throw wrong(`The network takes ${camera.called} [${camera.shape}], but ${because}.`);
  }
  if (said?.colour !== undefined && (said.colour !== 'grey') !== colour)
    throw wrong(
      `pitwall.yaml says that the network sees ${said.colour}, but it takes ${camera.called} [${camera.shape}].`,
    );
  if (lidar !== undefined && metadata?.lidar === undefined) {
    throw wrong(
      `The network needs ${lidar.called} [${lidar.shape}] beside its camera, but ${metadata === undefined ? 'it came with no lidar in a metadata file' : 'the metadata names no lidar'}; motion sensors, what was done before and the like do not drive here.`,
    );
  }
  if (lidar !== undefined && tensorSize(lidar) !== lidar.shape.at(-1)) {
    throw wrong(`The lidar input ${lidar.called} is [${lidar.shape}].`);
  }
  return {
    camera,
    planes,
    copies: colour ? 3 : 1,
    planar: channels > 1 && a !== 120,
    ...(lidar === undefined ? {} : { lidar }),
  };
}

/** The network knows best how many lidar values it takes; where lidar_config says otherwise, or nothing, the network counts. */
function withLidarOf({ lidar }: Binding, metadata: ModelMetadata, { description }: Evidence): ModelMetadata {
  if (lidar === undefined || metadata.lidar === undefined) return metadata;
  const { sensor, config } = metadata.lidar;
  const values = tensorSize(lidar);
  const sectors = sensor === 'SECTOR_LIDAR' ? values : config.sectors;
  const trainedIn = description?.lidar?.simulator;
  return {
    ...metadata,
    lidar: {
      sensor,
      config: values === config.values ? config : { ...config, values, sectors },
      zero: trainedIn !== undefined && trainedIn < rearwardSince ? 'front' : 'rear',
    },
  };
}

/** What stands for a `model_metadata.json` where there is none: Donkeycar's usual limits, or what the racer described. */
function unwritten({ head, planes }: Binding): ModelMetadata {
  const told = head.kind === 'described';
  return {
    version: 5,
    algorithm: 'clipped_ppo',
    camera: planes === 2 ? 'STEREO_CAMERAS' : 'FRONT_FACING_CAMERA',
    actionSpace: told
      ? { kind: 'continuous', steeringDeg: head.steering.to, speedMps: head.speed.to }
      : { kind: 'continuous', steeringDeg: { low: -30, high: 30 }, speedMps: { low: -4, high: 4 } },
    network: told ? 'described' : 'donkeycar',
    warnings: told
      ? []
      : [
          'No model_metadata.json: taken for a Donkeycar network; full angle is 30 degrees and full throttle 4 m/s. Put a model_metadata.json with a continuous action space beside the file to change that.',
        ],
  };
}

function inWords({ camera, copies, planar, pixels, outputs, head }: Binding, { actionSpace }: ModelMetadata): string[] {
  const output = (at: number) => outputs[at]?.called ?? '';
  const number = ({ output: at, index }: { output: number; index: number }) =>
    tensorSize(outputs[at] as TensorInfo) === 1 ? output(at) : `${output(at)}[${index}]`;
  const planes =
    copies === 1 ? '' : `, the grey picture in each of its ${copies} planes${planar ? ', one after another' : ''}`;
  const sees = `${camera.called} sees black as ${short(pixels[0])} and white as ${short(pixels[1])}${planes}`;
  switch (head.kind) {
    case 'discrete':
      return [sees, `the largest ${head.probabilities ? 'probability' : 'number'} of ${output(0)} is the action`];
    case 'continuous': {
      const { steeringDeg, speedMps } = actionSpace as Extract<ModelMetadata['actionSpace'], { kind: 'continuous' }>;
      const how = head.squash === 'tanh' ? 'tanh of' : 'clipped to −1…1,';
      return [
        sees,
        `${how} ${number(head.steering)} is the steering: −1 is ${angle(steeringDeg.low)}, 1 is ${angle(steeringDeg.high)}`,
        `${how} ${number(head.speed)} is the speed: −1 is ${short(speedMps.low)} m/s, 1 is ${short(speedMps.high)} m/s`,
      ];
    }
    case 'donkeycar-linear':
    case 'donkeycar-categorical': {
      const { steeringDeg, speedMps } = actionSpace as Extract<ModelMetadata['actionSpace'], { kind: 'continuous' }>;
      const of = (at: number) =>
        tensorSize(outputs[at] as TensorInfo) === 1 ? output(at) : `the likeliest bin of ${output(at)}`;
      const backwards = Math.max(-speedMps.high, Math.min(0, speedMps.low));
      const most =
        tensorSize(outputs[1] as TensorInfo) === 1
          ? `, ${backwards === 0 ? 'what is below 0 stands too' : `−1 is ${short(backwards)} m/s`}`
          : ', the last of the bins 0.475';
      return [
        sees,
        `${of(0)} is the angle: −1 is ${angle(steeringDeg.high)}, 1 is ${angle(steeringDeg.low)}`,
        `${of(1)} is the throttle: 0 stands, 1 is ${short(speedMps.high)} m/s${most}`,
      ];
    }
    case 'described': {
      const { steering, speed } = head;
      return [
        sees,
        `${number(steering)} is the steering: ${short(steering.from[0])} is ${angle(steering.to.low)}, ${short(steering.from[1])} is ${angle(steering.to.high)}`,
        `${number(speed)} is the speed: ${short(speed.from[0])} is ${short(speed.to.low)} m/s, ${short(speed.from[1])} is ${short(speed.to.high)} m/s`,
      ];
    }
  }
}

const short = (value: number): string => String(Number(value.toPrecision(4))).replace('-', '−');
const angle = (degrees: number): string =>
  degrees === 0 ? 'straight on' : `${short(Math.abs(degrees))}° to the ${degrees > 0 ? 'left' : 'right'}`;

const wrong = (message: string) => new PitwallError('graph-invalid', message);
