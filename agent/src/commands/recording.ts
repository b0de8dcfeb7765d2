import { CarId } from '@pitwall/protocol';
import type { Command } from 'commander';
import { stateFolder } from '../config/index.js';
import {
  extractRecording,
  inspectRecording,
  RecordingFolder,
  type RecordingSummary,
  repairRecording,
  writeVideo,
} from '../recorder/index.js';

interface Json {
  readonly json?: true;
}

/** Adds `recording list|inspect|repair|extract|video`. */
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
      console.log(`${out}: ${await repairRecording(file, out)} messages`);
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
    .action(async (file: string, { out, highlight }: { out: string; highlight?: true }) => {
      const { seconds } = await writeVideo(file, out, highlight === true);
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

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`.padStart(9);
