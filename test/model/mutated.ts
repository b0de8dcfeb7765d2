import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readModelFile } from '@pitwall/agent/dist/model/archive/index.js';
import { readDescription } from '@pitwall/agent/dist/model/archive/read-description.js';
import { importNetwork } from '@pitwall/agent/dist/model/import/parse-network.js';
import { planeOf, writePolicyGraph } from '@pitwall/agent/model';
import { readLapFile } from '@pitwall/controller/imports';
import { readStockCalibration } from '@pitwall/firmware-config';
import { readMetadata } from '@pitwall/protocol/policy';
import { formatSimtrace, parseSimtrace } from '@pitwall/protocol/simtrace';
import { readTrackFile } from '@pitwall/protocol/track';
import tar from 'tar-stream';
import { OnnxWriter } from './onnx-writer.js';
import { smallPolicy } from './random-policy.js';
import { metadata } from './small-graph.js';
import { TfliteWriter } from './tflite-writer.js';
import { zipOf } from './zip.js';

/** A way in for what people hand in: a file that is fine, and what reads it. */
export interface Reader {
  readonly name: string;
  readonly fine: Uint8Array;
  /** What is done to the mutated bytes before they are read. */
  readonly wrap?: (bytes: Uint8Array) => Uint8Array;
  /** `path`: a file with the same bytes, where it wants one. */
  readonly read: (bytes: Buffer, path: string) => unknown;
  readonly wantsFile?: boolean;
}

const description = `
input: { name: obs, colour: grey, range: [0, 255] }
outputs:
  steering: { output: "31", index: 1, unit: share, positive: right, range: [-15, 20] }
  speed: { output: "31", index: 0, unit: m/s, range: [0, 2] }
`;
const checkpoints = '{"best_checkpoint": {"name": "1_Step-9.ckpt"}, "last_checkpoint": {"name": "2_Step-19.ckpt"}}';
const calibration =
  '{"Calibration": {"Servo": {"min": 1210000, "mid": 1460000, "max": 1690000, "polarity": -1}, "Motor": {"min": 1320000, "mid": 1440000, "max": 1600000, "polarity": -1}, "version": 1}}';

async function tarOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) pack.entry({ name }, Buffer.from(content as string));
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function smallOnnx(): Uint8Array {
  const onnx = new OnnxWriter();
  const image = onnx.input({ name: 'obs', shape: ['batch', 1, 120, 160] });
  const kernel = onnx.weight('k', [2, 1, 40, 40], new Float32Array(3200).fill(0.001));
  const features = onnx.node('Conv', [image, kernel], 'c', { kernel_shape: [40, 40], strides: [40, 40] });
  const flat = onnx.node('Flatten', [onnx.node('Relu', [features], 'r')], 'f', { axis: 1 });
  const weights = onnx.weight('w', [2, 24], new Float32Array(48).fill(0.01));
  onnx.node('Gemm', [flat, weights], 'actions', { transB: 1 });
  onnx.output({ name: 'actions', shape: ['batch', 2] });
  return onnx.finish();
}

function smallTflite(): Uint8Array {
  const lite = new TfliteWriter();
  const image = lite.tensor('serving_default_img_in:0', [1, 120, 160, 1]);
  const weights = lite.tensor('w', [1, 19_200], new Float32Array(19_200).fill(1e-4));
  const one = lite.operator(9, 'StatefulPartitionedCall:0', [image, weights], [1, 1]);
  const two = lite.operator(9, 'StatefulPartitionedCall:1', [image, weights], [1, 1]);
  return lite.finish([image], [one, two]);
}

const text = (content: string) => Buffer.from(content);
const npy = () => {
  const rows = Array.from({ length: 24 }, (_, at) => {
    const [sin, cos] = [Math.sin((at / 12) * Math.PI), Math.cos((at / 12) * Math.PI)];
    return [2, 1.6, 2.4].flatMap((radius) => [radius * cos, radius * sin]);
  });
  const head = "{'descr': '<f8', 'fortran_order': False, 'shape': (24, 6), }".padEnd(117);
  const bytes = Buffer.concat([
    Buffer.from([0x93]),
    text('NUMPY'),
    Buffer.from([1, 0, 118, 0]),
    text(`${head}\n`),
    Buffer.from(Float64Array.from(rows.flat()).buffer),
  ]);
  return { bytes, csv: rows.map((row) => row.join(',')).join('\n') };
};
const simtrace = () => {
  const row = (step: number) => ({
    ...{ episode: 0, step, x: step / 10, y: 1.25, yawDeg: -3.5, steeringDeg: 12.5, speedMps: 1.5, action: 3 },
    ...{ reward: 0.5, done: false, allWheelsOnTrack: true, progressPct: step / 4, waypoint: step },
    ...{ trackLengthM: 15.94, timeS: step / 16, status: 'in_progress', pauseS: 0, crashes: 0 },
  });
  return formatSimtrace(Array.from({ length: 20 }, (_, at) => row(at + 1)));
};

const season = [
  'Race ID,Username,User ID,Track,Raced By Proxy,Race Date,Lap #,Lap Time (ms),Lap Time (s),Resets,Valid',
  'r-1,anna,u-1,1,false,2026-05-30T14:47:30.123Z,1,9876,9.876,0,true',
  'r-1,anna,u-1,1,false,2026-05-30T14:47:30.123Z,2,9123,9.123,1,false',
  'r-2,"Groß, Ben",u-2,2,true,2026-05-30T15:00:00.000Z,1,10250,10.250,0,true',
].join('\n');
const metrics = JSON.stringify({
  metrics: [1, 2, 3].map((trial) => ({
    ...{ completion_percentage: 100, metric_time: 22_617, start_time: 6149, elapsed_time_in_milliseconds: 16_468 },
    ...{ episode_status: 'Lap complete', crash_count: 0, off_track_count: 1, reset_count: 1, trial },
  })),
});

/** Every reader of files that come from outside. */
export async function readers(): Promise<Reader[]> {
  const graph = writePolicyGraph(smallPolicy());
  const car = await tarOf({ 'agent/model.pb': graph, 'model_metadata.json': metadata, 'pitwall.yaml': description });
  const training = await tarOf({
    'model/model_1.pb': graph.subarray(0, 400),
    'model/model_2.pb': graph.subarray(0, 400),
    'model/model_metadata.json': metadata,
    'model/deepracer_checkpoints.json': checkpoints,
  });
  const zip = zipOf({ 'agent/model.pb': graph, 'model_metadata.json': metadata });
  const track = npy();
  const ours = readFileSync(fileURLToPath(new URL('../../protocol/tracks/oval.json', import.meta.url)));
  const pgm = Buffer.concat([text('P5\n160 120\n255\n'), Buffer.alloc(19_200, 7)]);
  const modelFile = (_: Buffer, path: string) => readModelFile(path);
  const archive = { read: modelFile, wantsFile: true };
  return [
    { name: 'tar', fine: car, ...archive },
    { name: 'tar in gzip', fine: car, wrap: (bytes) => gzipSync(bytes, { level: 1 }), ...archive },
    { name: 'gzip', fine: gzipSync(training), ...archive },
    { name: 'zip', fine: zip, ...archive },
    { name: 'TensorFlow graph', fine: graph, read: (bytes) => importNetwork(bytes, 'tensorflow') },
    { name: 'ONNX', fine: smallOnnx(), read: (bytes) => importNetwork(bytes, 'onnx') },
    { name: 'TFLite', fine: smallTflite(), read: (bytes) => importNetwork(bytes, 'tflite') },
    { name: 'model_metadata.json', fine: text(metadata), read: (bytes) => readMetadata(bytes.toString()) },
    { name: 'pitwall.yaml', fine: text(description), read: (bytes) => readDescription(bytes.toString()) },
    { name: 'calibration', fine: text(calibration), read: (bytes) => readStockCalibration(bytes.toString(), 'c.json') },
    { name: 'picture', fine: pgm, read: (bytes) => planeOf(bytes, 'picture.pgm') },
    { name: 'track, .npy', fine: track.bytes, read: (bytes) => readTrackFile(bytes, 'track.npy') },
    { name: 'track, .csv', fine: text(track.csv), read: (bytes) => readTrackFile(bytes, 'track.csv') },
    { name: 'track, ours', fine: ours, read: (bytes) => readTrackFile(bytes, 'oval.json') },
    { name: 'laps of DREM', fine: text(season), read: readLapFile },
    { name: 'metrics', fine: text(metrics), read: readLapFile },
    { name: 'simtrace', fine: text(simtrace()), read: (bytes) => parseSimtrace(bytes.toString(), 'log.csv') },
  ];
}
