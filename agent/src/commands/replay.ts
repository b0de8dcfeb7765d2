import { PitwallError } from '@pitwall/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { type LoadedModel, loadModel } from '../model/index.js';
import type { Replayed } from '../recorder/index.js';

type Which = 'best' | 'last' | 'all' | number;
interface Flags {
  readonly model: readonly string[];
  readonly checkpoint: Which;
  readonly stock?: true;
  readonly json?: true;
}

/** Adds `replay`: other models on the frames of a recording. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('show the frames of a recording to other models: where they would have decided otherwise')
    .argument('<file>', 'an .mcap file')
    .requiredOption(
      '--model <archive>',
      'a racer’s archive; more than one may be given',
      (one, all: string[]) => [...all, one],
      [],
    )
    .option('--checkpoint <which>', 'of each archive: best, last, all, or a number', which, 'best')
    .option('--stock', "repeat the stock car's mistakes (SAC without tanh, |low| > high)")
    .option('--json', 'for programs')
    .action(run);
}

async function run(file: string, { model: archives, checkpoint, stock, json }: Flags): Promise<void> {
  if (archives.length === 0) throw new PitwallError('config-invalid', 'Name at least one --model.');
  const models: LoadedModel[] = [];
  try {
    for (const archive of archives)
      models.push(...(await load(archive, checkpoint, stock === true ? 'stock' : 'right')));
    // Loaded only now: `neutral` must not wait for it.
    const { replayRecording, steadiest } = await import('../recorder/index.js');
    const replayed = await replayRecording(file, models);
    if (json === true) console.log(JSON.stringify(replayed));
    else print(replayed, steadiest(replayed)[0]);
  } finally {
    for (const { policy } of models) await policy.close();
  }
}

async function load(archive: string, checkpoint: Which, compatibility: 'stock' | 'right'): Promise<LoadedModel[]> {
  const first = await loadModel(archive, { compatibility, ...(checkpoint === 'all' ? {} : { checkpoint }) });
  const all = [first];
  for (const { path, number } of checkpoint === 'all' ? first.checkpoints : []) {
    if (path !== first.checkpoint.path && number !== undefined)
      all.push(await loadModel(archive, { compatibility, checkpoint: number }));
  }
  return all.sort((a, b) => (a.checkpoint.number ?? 0) - (b.checkpoint.number ?? 0));
}

function print(replayed: readonly Replayed[], best: Replayed | undefined): void {
  for (const { model, frames, compared, otherwise, steeringDeg, places, same, steadiness } of replayed) {
    console.log(`${model.name}, checkpoint ${model.checkpoint} (${model.hash.slice(0, 12)})`);
    console.log(
      `  decides otherwise on ${otherwise} of ${compared} frames (${percent(otherwise, compared)}); steering differs by ${steeringDeg.mean.toFixed(2)}° on average, ${steeringDeg.max.toFixed(1)}° at most`,
    );
    for (const { from, to, recorded, decided } of places.slice(0, 10))
      console.log(
        `  ${from.toFixed(2)}–${to.toFixed(2)} s: ${inWords(recorded)} was driven, ${inWords(decided)} is what it wants`,
      );
    if (places.length > 10) console.log(`  and at ${places.length - 10} more places`);
    if (same !== null)
      console.log(
        same.identical === same.frames
          ? `  it drove this recording, and its output is the same to the bit on all ${same.frames} frames`
          : `  it drove this recording: ${same.identical} of ${same.frames} outputs are the same to the bit, the others moved by ${same.moved.toFixed(4)} at most (JPEG; recorder.pictures: png loses nothing)`,
      );
    console.log(
      `  steering changes by ${steadiness.changeDeg.toFixed(2)}° from frame to frame, and turns back ${steadiness.turnsBack.toFixed(2)} times a second (${frames} frames)`,
    );
  }
  if (replayed.length > 1 && best !== undefined)
    console.log(`The steadiest is ${best.model.name}, checkpoint ${best.model.checkpoint}.`);
}

const inWords = ({ steeringDeg, speedMps }: { steeringDeg: number; speedMps: number }): string =>
  `${steeringDeg.toFixed(1)}° at ${speedMps.toFixed(2)} m/s`;
const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

function which(text: string): Which {
  if (text === 'best' || text === 'last' || text === 'all') return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be best, last, all, or a number');
}
