import { readFile, rm, writeFile } from 'node:fs/promises';
import { isPitwallError, PitwallError, parseJson } from '@pitwall/protocol';
import { type Range, shortNumber as short } from '@pitwall/protocol/policy';
import { decodeText } from '@pitwall/runtime';
import type { Command } from 'commander';
import { z } from 'zod';
import {
  type CheckpointChoice,
  compareModels,
  convertModel,
  describeModel,
  drawExplanation,
  type LoadedModel,
  loadModel,
  type ModelSummary,
  observe,
  readPicture,
  saliency,
  withDescription,
} from '../model/index.js';
import { addCarriedModels } from './carried-models.js';

interface ModelFlags {
  readonly checkpoint?: string;
  readonly stock?: boolean;
  readonly json?: boolean;
}
interface SensorFlags extends ModelFlags {
  readonly image: string;
  readonly right?: string;
  readonly lidar?: string;
}

const checkpointFlag = ['--checkpoint <which>', 'of a training archive: best, last, or its number'] as const;
const stockFlag = ['--stock', "repeat the stock car's mistakes (SAC without tanh, |low| > high)"] as const;

/** Adds `model import|list|delete|inspect|check|infer|convert|compare|explain`. */
export function addModel(program: Command): void {
  const model = program
    .command('model')
    .description("look into, try and convert a racer's model; what this car carries");
  addCarriedModels(model);
  model
    .command('inspect <archive>')
    .description('what a model is: sensors, actions, network layer by layer, hashes, warnings')
    .option(...checkpointFlag)
    .option('--json', 'for programs')
    .action(async (archive: string, flags: ModelFlags) => {
      const summary = await describeModel(archive, checkpoint(flags));
      print(flags.json === true ? JSON.stringify(summary) : inspection(summary));
    });
  model
    .command('check <archive>')
    .description('every check that a model passes before it drives; says what is wrong with it')
    .action(async (archive: string) => {
      await check(archive);
    });
  model
    .command('describe <archive>')
    .description('the same model with what its racer says of it in a pitwall.yaml, as .tar.gz, and the checks of that')
    .requiredOption('--with <file>', 'the description, as YAML or JSON')
    .requiredOption('--out <file>', 'the .tar.gz file to write')
    .action(async (archive: string, flags: { with: string; out: string }) => {
      await withDescription(archive, decodeText(await readBytes(flags.with)), flags.out);
      await check(flags.out).catch(async (error: unknown) => {
        await rm(flags.out, { force: true });
        throw error;
      });
      print(`${flags.out} holds the model and what you say of it`);
    });
  sensors(model.command('infer <archive>').description('what a model does with one picture'))
    .option('--json', 'for programs')
    .action((archive: string, flags: SensorFlags) =>
      withModel(archive, flags, async (loaded) => {
        const { output, action } = await loaded.policy.decide(observe(loaded, ...(await seen(flags))));
        remark(loaded, flags);
        const numbers = Array.from(output);
        if (flags.json === true) print(JSON.stringify({ output: numbers, action }));
        else {
          const index = action.index === undefined ? '' : ` (action ${action.index})`;
          print(`${action.steeringDeg.toFixed(2)}° and ${action.speedMps.toFixed(2)} m/s${index}`);
          print(`output ${numbers.map((value) => value.toFixed(4)).join(' ')}`);
        }
      }),
    );
  model
    .command('convert <archive>')
    .description('the network as ONNX, to run elsewhere')
    .requiredOption('--out <file>', 'the .onnx file to write')
    .option(...checkpointFlag)
    .action(async (archive: string, flags: ModelFlags & { out: string }) => {
      const { onnx, inputs, outputs } = await convertModel(archive, checkpoint(flags));
      await write(flags.out, onnx);
      const ports = (list: typeof inputs) => list.map(({ name, shape }) => `${name} [${shape}]`).join(', ');
      print(`${flags.out}: ${onnx.length} bytes, takes ${ports(inputs)}, gives ${ports(outputs)}`);
    });
  model
    .command('compare <a> <b>')
    .description('how often two models disagree')
    .requiredOption('--images <folder>', 'pictures to show them')
    .option(...stockFlag)
    .option('--json', 'for programs')
    .action((a: string, b: string, flags: ModelFlags & { images: string }) =>
      withModel(a, flags, (one) =>
        withModel(b, flags, async (other) => {
          const result = await compareModels(one, other, flags.images);
          if (flags.json === true) print(JSON.stringify(result));
          else {
            print(
              `They disagree on ${result.disagreements} of ${result.images} pictures (${(100 * result.share).toFixed(1)} %).`,
            );
            const { skipped } = result;
            if (skipped.length > 0) {
              const some = `${skipped.slice(0, 5).join(', ')}${skipped.length > 5 ? ', …' : ''}`;
              print(`${skipped.length} left out, because they cannot be read as pictures: ${some}.`);
            }
            const { steeringDeg, speedMps } = result;
            print(
              `Steering differs by ${steeringDeg.mean.toFixed(2)}° on average, ${steeringDeg.max.toFixed(2)}° at most; speed by ${speedMps.mean.toFixed(2)} m/s, ${speedMps.max.toFixed(2)} m/s at most.`,
            );
            for (const { image, a: x, b: y } of result.worst) {
              print(
                `  ${image}: ${x.steeringDeg.toFixed(1)}° ${x.speedMps.toFixed(2)} m/s, ${y.steeringDeg.toFixed(1)}° ${y.speedMps.toFixed(2)} m/s`,
              );
            }
          }
        }),
      ),
    );
  sensors(model.command('explain <archive>').description('a heat map of what the decision rests on'))
    .requiredOption('--out <file>', 'the .png file to write')
    .action((archive: string, flags: SensorFlags & { out: string }) =>
      withModel(archive, flags, async (loaded) => {
        const [left, right, lidar] = await seen(flags);
        const why = await saliency(loaded.policy, observe(loaded, left, right, lidar));
        await write(flags.out, await drawExplanation(left, why, loaded.metadata));
        remark(loaded, flags);
        print(
          `${flags.out}: ${why.decision.action.steeringDeg.toFixed(1)}° and ${why.decision.action.speedMps.toFixed(2)} m/s`,
        );
      }),
    );
}

function sensors(command: Command): Command {
  return command
    .requiredOption('--image <file>', 'PNG, JPEG, PGM or PPM of any size; of a stereo model the left one')
    .option('--right <file>', 'the right picture of a stereo model')
    .option(
      '--lidar <json>',
      "a scan as a JSON list of [degrees, metres], 0° ahead, positive left; or the network's own numbers; or a file with one",
    )
    .option(...checkpointFlag)
    .option(...stockFlag);
}

async function seen({
  image,
  right,
  lidar,
}: SensorFlags): Promise<Parameters<typeof observe> extends [unknown, ...infer Sensors] ? Sensors : never> {
  const planes: [Uint8Array, Uint8Array?] =
    right === undefined ? [await readPicture(image)] : [await readPicture(image), await readPicture(right)];
  if (lidar === undefined) return planes;
  const text = /^\s*[[{]/.test(lidar) ? lidar : await readText(lidar);
  const given = parseJson(LidarFlag, text, 'The value of --lidar', 'observation-invalid');
  return [planes[0], planes[1], isScan(given) ? given.map(range) : Float32Array.from(given)];
}

/** Degrees on the car and metres (null or 0 where nothing came back), or the numbers that the network takes. */
const LidarFlag = z
  .array(z.number())
  .max(4096)
  .or(z.array(z.tuple([z.number(), z.number().nullable()])).max(8192));
const range = ([angleDeg, distance]: [number, number | null]): Range => ({
  angleDeg,
  distance: distance || Number.POSITIVE_INFINITY,
});
const isScan = (given: z.infer<typeof LidarFlag>): given is [number, number | null][] => Array.isArray(given[0]);

/** Says on the error stream where the model had less, or takes less, than it was given. */
function remark({ metadata, notes }: LoadedModel, { right, lidar }: SensorFlags): void {
  const stereo = metadata.camera === 'STEREO_CAMERAS';
  const needsLidar = metadata.lidar !== undefined;
  const said = [
    ...notes,
    ...(stereo && right === undefined ? ['Both cameras see the same picture; --right gives the right one.'] : []),
    ...(!stereo && right !== undefined ? ['The model has one camera; --right does not count.'] : []),
    ...(needsLidar && lidar === undefined ? ['The lidar sees nothing near; --lidar gives its values.'] : []),
    ...(!needsLidar && lidar !== undefined ? ['The model has no lidar; --lidar does not count.'] : []),
  ];
  for (const sentence of said) process.stderr.write(`note: ${sentence}\n`);
}

/** Tries a model, and says what it is found to do. @throws PitwallError as `loadModel` does */
async function check(archive: string): Promise<void> {
  const { policy, hash, reading, notes } = await loadModel(archive).catch((error: unknown) => {
    // For whoever started this: what a racer may be asked.
    if (isPitwallError(error) && error.details.question !== undefined)
      print(JSON.stringify({ question: error.details.question }));
    throw error;
  });
  await policy.close();
  print(`sha256 ${hash} can drive`);
  for (const sentence of reading) print(`  ${sentence}`);
  for (const note of notes) print(`note: ${note}`);
}

async function withModel<T>(archive: string, flags: ModelFlags, use: (model: LoadedModel) => Promise<T>): Promise<T> {
  const choice = checkpoint(flags);
  const loaded = await loadModel(archive, {
    compatibility: flags.stock === true ? 'stock' : 'right',
    ...(choice === undefined ? {} : { checkpoint: choice }),
  });
  try {
    return await use(loaded);
  } finally {
    await loaded.policy.close();
  }
}

function checkpoint({ checkpoint: given }: ModelFlags): CheckpointChoice | undefined {
  if (given === undefined || given === 'best' || given === 'last') return given;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new PitwallError('checkpoint-unknown', `--checkpoint is "${given}"; it must be best, last, or a number.`);
}

const kinds: Readonly<Record<string, string>> = {
  'donkeycar-linear': 'Donkeycar network with an angle and a throttle',
  'donkeycar-categorical': 'Donkeycar network with bins for angle and throttle',
  described: 'network as pitwall.yaml describes it',
};

function inspection(summary: ModelSummary): string {
  const { metadata, layers } = summary;
  const { actionSpace: space } = metadata;
  const lidar =
    metadata.lidar === undefined ? '' : ` and ${metadata.lidar.sensor} (${metadata.lidar.config.values} values)`;
  const actions =
    space.kind === 'discrete'
      ? space.actions.map(
          ({ steeringDeg, speedMps }, index) => `  ${index}: ${short(steeringDeg)}° ${short(speedMps)} m/s`,
        )
      : [
          `  steering ${short(space.steeringDeg.low)}° to ${short(space.steeringDeg.high)}°, speed ${short(space.speedMps.low)} to ${short(space.speedMps.high)} m/s`,
        ];
  const rows = layers.map(({ op, name, shape, macs, parameters }) => [
    op,
    `[${shape}]`,
    macs === 0 ? '' : `${(macs / 1e6).toFixed(2)}M`,
    parameters === 0 ? '' : `${parameters}`,
    name,
  ]);
  return [
    `${summary.name}  sha256 ${summary.hash}`,
    `${kinds[summary.head] ?? `algorithm ${metadata.algorithm}`}, sensors ${metadata.camera}${lidar}, ${metadata.network}, metadata version ${metadata.version}`,
    ...(summary.checkpoints.length > 1
      ? [
          `checkpoints ${summary.checkpoints.map(({ number, best, last }) => `${number}${best ? ' (best)' : ''}${last ? ' (last)' : ''}`).join(', ')}; shown is ${summary.checkpoint.number}`,
        ]
      : []),
    `${space.kind} actions`,
    ...actions,
    'is driven so',
    ...summary.reading.map((sentence) => `  ${sentence}`),
    `network: takes ${summary.inputs.map(({ called, shape }) => `${called} [${shape}]`).join(', ')}, gives ${summary.outputs.map(({ called, shape }) => `${called} [${shape}]`).join(', ')}`,
    ...table(['op', 'output', 'MACs', 'weights', 'node'], rows),
    `  in all ${(summary.macs / 1e6).toFixed(1)} million MACs, ${summary.parameters} weights`,
    'parts',
    ...summary.parts.map(({ path, bytes, hash }) => `  ${hash}  ${bytes} bytes  ${path}`),
    ...summary.warnings.map((warning) => `note: ${warning}`),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

const readText = async (path: string): Promise<string> => (await readBytes(path)).toString();

async function readBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no file ${path}.`, { cause });
  });
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes).catch((cause: unknown) => {
    throw new PitwallError('not-found', `${path} cannot be written.`, { cause });
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
