import { CarId } from '@pitwall/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { stateFolder } from '../config/index.js';
import {
  copyRecordings,
  extractRecording,
  inspectRecording,
  RecordingFolder,
  type RecordingSummary,
  readLaps,
  writeVideo,
} from '../recorder/index.js';

interface Json {
  readonly json?: true;
}

/** Adds `recording list|inspect|repair|cut|extract|video`. */
export function addRecording(program: Command): void {
  const recording = program.command('recording').description('look into what the black box wrote');
  recording
    .command('list')
    .description('the recordings of a folder, the oldest first')
    .argument('[folder]', 'recorder.folder of the configuration')
    .option('--json', 'for programs')
    .action(async (given: string | undefined, { json }: Json) => {
      const folder = given ?? stateFolder('recordings');
      const ring = new RecordingFolder(folder, CarId.parse('any'), { bytes: 0, files: 0 });
      const all = await ring.list();
      if (json === true) console.log(JSON.stringify(all));
      else if (all.length === 0) console.log(`There are no recordings in ${folder}.`);
      else
        for (const { name, bytes, began } of all)
          console.log(`${new Date(began).toISOString()}  ${megabytes(bytes)}  ${name}`);
    });
  recording
    .command('inspect')
    .description('what a recording holds: topics, models, states, faults')
    .argument('<file>', 'an .mcap file')
    .option('--json', 'for programs')
    .action(async (file: string, { json }: Json) => {
      const summary = await inspectRecording(file);
      if (json === true) console.log(JSON.stringify(summary));
      else print(file, summary);
    });
  recording
    .command('repair')
    .description('all that is whole in a recording that was cut short, as a new file with its index')
    .argument('<file>', 'an .mcap file')
    .requiredOption('--out <file>', 'the .mcap file to write')
    .action(async (file: string, { out }: { out: string }) => {
      console.log(`${out}: ${await copyRecordings([file], out)} messages`);
    });
  recording
    .command('cut')
    .description('what is of a time in one recording, or in several that follow one another, as a new file')
    .argument('<files...>', '.mcap files, the oldest first')
    .requiredOption('--from <ms>', 'ms since 1970, by the car’s clock', milliseconds)
    .requiredOption('--to <ms>', 'ms since 1970, by the car’s clock', milliseconds)
    .requiredOption('--out <file>', 'the .mcap file to write')
    .action(async (files: string[], { out, ...time }: { out: string; from: number; to: number }) => {
      console.log(`${out}: ${await copyRecordings(files, out, time)} messages`);
    });
  recording
    .command('extract')
    .description('pictures, decisions (frames.csv) and all other messages (messages.jsonl)')
    .argument('<file>', 'an .mcap file')
    .requiredOption('--out <folder>', 'where they go')
    .action(async (file: string, { out }: { out: string }) => {
      console.log(`${out}: ${await extractRecording(file, out)} pictures`);
    });
  recording
    .command('video')
    .description('an MP4 of what the camera saw, with lap, steering and throttle burnt in (needs ffmpeg)')
    .argument('<file>', 'an .mcap file')
    .requiredOption('--out <file>', 'the .mp4 file to write')
    .option('--highlight', 'its best lap alone')
    .option('--laps <file>', 'the laps as they count, JSON, instead of those that the car heard')
    .action(async (file: string, { out, highlight, laps }: { out: string; highlight?: true; laps?: string }) => {
      const counted = laps === undefined ? undefined : await readLaps(laps);
      const { seconds } = await writeVideo(file, out, { highlight: highlight === true, laps: counted });
      console.log(`${out}: ${seconds.toFixed(1)} s`);
    });
}

function print(file: string, summary: RecordingSummary): void {
  const { about, bytes, whole, messages, began, seconds, topics, models, states, faults } = summary;
  console.log(
    `${file}: ${messages} messages of ${seconds.toFixed(1)} s from ${new Date(began).toISOString()}, ${megabytes(bytes).trim()}`,
  );
  console.log(
    Object.entries(about)
      .map(([key, value]) => `${key} ${value}`)
      .join(', '),
  );
  if (!whole) console.log('It was cut short; "pitwall-agent recording repair" gives it its index.');
  for (const { topic, schema, messages: count } of topics)
    console.log(`  ${String(count).padStart(8)}  ${topic.padEnd(16)} ${schema}`);
  for (const model of models) console.log(`model ${model}`);
  for (const { at, safety, reason } of states)
    console.log(`  ${at.toFixed(2).padStart(8)} s  ${safety}${reason === undefined ? '' : ` (${reason})`}`);
  for (const { at, text } of faults) console.log(`  ${at.toFixed(2).padStart(8)} s  noticed: ${text}`);
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It is whole milliseconds since 1970.');
  return value;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`.padStart(9);
