import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { PitwallError, percentText } from '@pitwall/protocol';
import { lapTime, metricInWords } from '@pitwall/protocol/ranking';
import type { Direction, Track } from '@pitwall/protocol/track';
import { yaml } from '@pitwall/runtime';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type CheckpointPlace,
  inWords as changeInWords,
  DomainChange,
  defaultRules,
  type Evaluated,
  type EvaluationRules,
  evaluate,
  isComplete,
  type LapRecord,
  lapMicros,
  type Robustness,
  raceTypes,
  rulesOfRace,
  writeEvaluationFiles,
} from '../evaluation/index.js';
import { readRaceTrack } from '../simulator/index.js';

interface Flags {
  readonly track: string;
  readonly raceType?: string;
  readonly laps: number;
  readonly trials: number;
  readonly direction?: Direction;
  readonly seed: number;
  readonly checkpoint: 'best' | 'last' | 'all' | number;
  readonly rules?: string;
  readonly out?: string;
  readonly workers: number;
  readonly json?: true;
  readonly progress?: true;
  readonly robustness?: true;
  readonly light?: number;
  readonly blur?: number;
  readonly exposure?: number;
  readonly tilt?: number;
  readonly mask?: number;
}

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('try a model on a virtual track, and choose the best of its checkpoints')
    .argument('<archive>', 'the racer’s model archive')
    .requiredOption(
      '--track <file>',
      'a track’s file (.json, .npy, .csv, .txt), or the name of a track that comes with Pitwall',
    )
    .addOption(new Option('--race-type <type>', 'what else is on the track').choices(Object.keys(raceTypes)))
    .option('--laps <count>', 'laps driven from each start without a stop', count, 1)
    .option('--trials <count>', 'starts', count, 3)
    .addOption(
      new Option('--direction <way>', 'either way round; absent: the rules’, or the track’s own').choices([
        'clockwise',
        'counter-clockwise',
      ]),
    )
    .option('--seed <number>', 'start offsets, boxes, bots and the look of the place', seed, 0)
    .option('--checkpoint <which>', 'best, last, all, or a number', checkpoint, 'best')
    .option('--rules <file>', 'a race’s rules, as JSON or YAML')
    .option('--out <folder>', 'write metrics, simtrace log, replay and report there')
    .option('--workers <count>', 'processes at a time', count, availableParallelism())
    .addOption(
      new Option(
        '--robustness',
        'drive the chosen checkpoint also with a changed camera, and say where it breaks',
      ).conflicts(['light', 'blur', 'exposure', 'tilt', 'mask', 'progress']),
    )
    .option(
      '--light <share>',
      'light from one side of the hall: brighter and darker by this share, 0 to 0.9',
      domain('light'),
    )
    .option('--blur <ms>', 'how long the camera’s shutter is open, 0 to 67 ms', domain('blurMs'))
    .option('--exposure <stops>', 'brighter (1: twice the light) or darker (−1: half), −4 to 4', domain('exposureEv'))
    .option('--tilt <degrees>', 'the camera looks further down, or up where negative, −10 to 10', domain('tiltDeg'))
    .option('--mask <grey>', 'a grey, 0 to 255, over all above the horizon', domain('mask'))
    .option('--json', 'print the evaluation as one JSON object')
    .option(
      '--progress',
      'write each lap as a JSON object to standard error: for programs that wait for the evaluation',
    )
    .action(run);
}

async function run(archive: string, flags: Flags): Promise<void> {
  const { track, notes } = readRaceTrack(flags.track);
  const rules = rulesFrom(flags, track);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const begun = process.hrtime.bigint();
  const bar = new ProgressBar(flags.json === true ? 'silent' : process.stderr.isTTY === true ? 'bar' : 'lines');
  try {
    const { checkpoint, seed, workers } = flags;
    const evaluated = await evaluate({
      archive,
      checkpoint,
      track: flags.track,
      rules,
      seed,
      workers,
      ...domainFrom(flags),
      ...(flags.robustness === true ? { robustness: true } : {}),
      signal: stop.signal,
      onLap: (lap, expected, of) => {
        if (flags.progress === true) tellLap(lap, of, rules);
        else bar.lap(lap, expected);
      },
    });
    bar.end();
    // What is said of the model stands with its laps.
    for (const note of flags.json === true ? [...notes, ...evaluated.notes] : notes)
      process.stderr.write(`note: ${note}\n`);
    if (flags.out !== undefined)
      writeEvaluationFiles(flags.out, evaluated, track.inDirection(rules.direction), rules, new Date());
    if (flags.json === true) console.log(JSON.stringify(evaluated.evaluation));
    else print(evaluated, rules, Number(process.hrtime.bigint() - begun) / 1e9, flags.out);
    if (evaluated.evaluation.interrupted) process.exitCode = 1;
  } finally {
    bar.end();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function rulesFrom(flags: Flags, track: Track): EvaluationRules {
  const { trials, laps } = flags;
  const base = flags.rules === undefined ? { ...defaultRules, direction: track.direction } : fromFile(flags.rules);
  const raceType = flags.raceType === undefined ? undefined : raceTypes[flags.raceType];
  return {
    ...base,
    ...(raceType === undefined || raceType.type === base.raceType.type ? {} : { raceType }),
    direction: flags.direction ?? base.direction,
    trials,
    laps,
  };
}

/** The changes of the camera that are asked for. */
function domainFrom({ light, blur, exposure, tilt, mask }: Flags): { domain?: DomainChange } {
  const asked = { light, blurMs: blur, exposureEv: exposure, tiltDeg: tilt, mask };
  const domain = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  return Object.keys(domain).length === 0 ? {} : { domain };
}

function fromFile(file: string): Omit<EvaluationRules, 'trials' | 'laps'> {
  let value: unknown;
  try {
    value = yaml().parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new PitwallError('config-invalid', `The rules ${file} cannot be read as JSON or YAML.`, { cause });
  }
  return rulesOfRace(value, `The rules ${file}`);
}

function print({ evaluation, best, summaries }: Evaluated, rules: EvaluationRules, tookS: number, out?: string): void {
  const { model, track } = evaluation;
  if (evaluation.interrupted) console.log('Stopped early; this is what there is.');
  for (const one of summaries.length > 1 ? summaries : []) {
    const mean = one.meanLap === null ? 'no complete lap' : `mean lap ${lapTime(one.meanLap)}`;
    const chosen = one === best ? '   ← chosen' : '';
    console.log(`checkpoint ${one.checkpoint}: mean progress ${percentText(one.meanProgressPct, 1)}, ${mean}${chosen}`);
  }
  if (summaries.length > 1) console.log(`checkpoint ${best.checkpoint} is chosen. ${evaluation.because}`);
  for (const note of evaluation.notes) console.log(`note: ${note}`);
  for (const lap of best.laps) console.log(`lap ${lap.lap}: ${inWords(lap)}`);
  const score =
    best.score === null ? 'no result by these rules' : `${lapTime(best.score.score)}, ${metricInWords(rules.ranking)}`;
  console.log(`${model.name}, checkpoint ${best.checkpoint}, on ${track.id} (${track.direction}): ${score}`);
  if (evaluation.domain !== undefined)
    console.log(`With a changed camera (${changeInWords(evaluation.domain)}): no result to rank beside others.`);
  if (evaluation.robustness !== undefined) printRobustness(evaluation.robustness);
  const drivenS = summaries.reduce((sum, { laps }) => sum + (laps.at(-1)?.endMs ?? 0) / 1000, 0);
  console.log(
    `${drivenS.toFixed(0)} simulated seconds in ${tookS.toFixed(1)} s${out === undefined ? '' : `; files in ${out}`}`,
  );
}

function printRobustness({ plain, series }: Robustness): void {
  const row = (kind: string, level: Robustness['plain'], verdict: string) => {
    const { change, completeLaps, laps, meanProgressPct, meanLapTime, offTracks, collisions } = level;
    const cells = [
      kind.padEnd(12),
      (level === plain ? '' : changeInWords(change)).padEnd(11),
      `${completeLaps} of ${laps} laps`.padEnd(14),
      percentText(meanProgressPct, 1).padStart(7),
      (meanLapTime === null ? '–' : lapTime(meanLapTime)).padStart(10),
      `${offTracks} × off`.padStart(9),
      ...(collisions > 0 ? [`${collisions} × crashed`] : []),
      `  ${verdict}`,
    ];
    console.log(cells.join(' '));
  };
  console.log('with a changed camera, from the same starts:');
  row('unchanged', plain, '');
  for (const { name, levels } of series)
    levels.forEach((level, at) => {
      row(at === 0 ? name.replace('-', ' ') : '', level, level.verdict);
    });
  const broken = series.flatMap(({ name, breaksAt }) =>
    breaksAt === null ? [] : [`${name.replace('-', ' ')} (${changeInWords(breaksAt)})`],
  );
  console.log(broken.length === 0 ? 'It breaks under none of these.' : `It breaks from ${broken.join(', ')} on.`);
}

function inWords(lap: LapRecord): string {
  const extras = [
    lap.offTracks > 0 ? `${lap.offTracks} × off track` : '',
    lap.crashes > 0 ? `${lap.crashes} × crashed` : '',
    lap.resets > 0 ? `${lap.resets} resets` : '',
  ].filter((extra) => extra !== '');
  const what = isComplete(lap)
    ? lapTime(lapMicros(lap))
    : `${lap.end.replaceAll('_', ' ')} at ${percentText(lap.progressPct, 1)}`;
  return [what, ...extras].join(', ');
}

/** The counts are of the lap that is finished; `laps` is how many each checkpoint drives. */
function tellLap({ lap, end, progressPct }: LapRecord, of: CheckpointPlace, { trials, laps }: EvaluationRules): void {
  process.stderr.write(`${JSON.stringify({ ...of, lap, laps: trials * laps, end, progressPct })}\n`);
}

/** Laps done of those to come: a bar on a terminal, a line a lap in a log. */
class ProgressBar {
  readonly #style: 'bar' | 'lines' | 'silent';
  #done = 0;
  #open = false;

  constructor(style: 'bar' | 'lines' | 'silent') {
    this.#style = style;
  }

  lap(lap: LapRecord, expected: number): void {
    this.#done++;
    if (this.#style === 'silent') return;
    const state = `${this.#done}/${expected} laps, last ${inWords(lap)}`;
    if (this.#style === 'lines') {
      process.stderr.write(`${state}\n`);
      return;
    }
    const share = Math.min(1, this.#done / expected);
    const filled = Math.round(share * 30);
    const line = `${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${state}`;
    process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    this.#open = true;
  }

  end(): void {
    if (this.#open) process.stderr.write('\r\u001b[K');
    this.#open = false;
  }
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000) throw new InvalidArgumentError('must be 1 to 1000.');
  return value;
}

function seed(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new InvalidArgumentError('must be a whole number from 0 to 4294967295.');
  }
  return value;
}

/** A change of the camera within its limits. */
function domain(name: keyof DomainChange): (text: string) => number {
  return (text) => {
    const value = Number(text.replace('−', '-'));
    const { minValue, maxValue } = DomainChange.shape[name].unwrap();
    if (text.trim() === '' || !DomainChange.shape[name].safeParse(value).success)
      throw new InvalidArgumentError(`must be ${minValue} to ${maxValue}${name === 'mask' ? ', a whole number' : ''}.`);
    return value;
  };
}

function checkpoint(text: string): Flags['checkpoint'] {
  if (text === 'best' || text === 'last' || text === 'all') return text;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be best, last, all or a number.');
  return Number(text);
}
