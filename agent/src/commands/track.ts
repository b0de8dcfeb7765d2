import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import {
  formatNpy,
  type ReadTrack,
  type RuleViolation,
  selfCrossing,
  smallestRadius,
  type Track,
  type TrackDescription,
  type Unit,
  units,
} from '@pitwall/protocol/track';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { trackSvg } from '../evaluation/index.js';
import { readTrackAsIs } from '../simulator/index.js';

const fileHelp = 'a .json, .npy, .csv, .txt or .geojson file, or the name of a track that comes with Pitwall';

/** What a file of lines does not say of itself. */
interface Flags {
  readonly unit?: Unit;
  readonly width?: number;
  readonly close?: true;
}

const optionsOf = ({ unit, width, close }: Flags) => ({ unit, widthM: width, close });

function withReading(command: Command): Command {
  return command
    .addOption(
      new Option('--unit <unit>', 'of its lengths; absent: what the road’s width tells').choices(Object.keys(units)),
    )
    .option('--width <metres>', 'of the road round a line without borders', metres)
    .option('--close', 'close an open track with a straight, where the gap is small');
}

function metres(text: string): number {
  const value = Number(text);
  if (!(value >= 0.3 && value <= 3)) throw new InvalidArgumentError('must be 0.3 to 3.');
  return value;
}

export function addTrack(program: Command): void {
  const track = program
    .command('track')
    .description('look at tracks: files of ours, DeepRacer routes (.npy), tables (.csv, .txt), waypoints, GeoJSON');
  withReading(track.command('inspect'))
    .description('length, widths, direction, radii, self-crossings and broken building rules')
    .argument('<file>', fileHelp)
    .option('--json', 'print one JSON object')
    .action((file: string, { json, ...flags }: Flags & { json?: true }) => {
      const inspection = inspect(file, flags);
      if (json === true) console.log(JSON.stringify(inspection));
      else print(inspection);
    });
  withReading(track.command('draw'))
    .description('draw a track from above')
    .argument('<file>', fileHelp)
    .requiredOption('--out <file>', 'the .svg file to write')
    .action((file: string, { out, ...flags }: Flags & { out: string }) => {
      write(out, trackSvg(told(readTrackAsIs(file, optionsOf(flags)))));
      console.log(`drawn to ${out}`);
    });
  withReading(track.command('convert'))
    .description('write a track as a DeepRacer route (.npy)')
    .argument('<file>', fileHelp)
    .requiredOption('--out <file>', 'the .npy file to write')
    .option('--reverse', 'driven the other way round')
    .action((file: string, { out, reverse, ...flags }: Flags & { out: string; reverse?: true }) => {
      if (extname(out) !== '.npy') {
        const why = 'lines cannot be turned back into straights and arcs';
        throw new PitwallError('config-invalid', `Tracks are converted to .npy only (${why}); name the output *.npy.`);
      }
      const read = told(readTrackAsIs(file, optionsOf(flags)));
      write(out, formatNpy(reverse === true ? read.reversed() : read));
      console.log(`written to ${out}`);
    });
}

interface Inspection {
  readonly id: string;
  readonly name: string;
  readonly lengthM: number;
  readonly widthM: { readonly least: number; readonly mean: number; readonly most: number };
  readonly direction: string;
  readonly points: number;
  /** Of the centre line, at its tightest bend. */
  readonly smallestRadiusM: number;
  /** Metres along the centre line of two places where the road overlaps. */
  readonly selfCrossing: { readonly alongM: number; readonly otherM: number } | null;
  readonly violations: readonly RuleViolation[];
  /** What was odd about the file and how it was read, a sentence each. */
  readonly notes: readonly string[];
  /** Why it cannot be raced on, a sentence each. */
  readonly faults: readonly string[];
}

/** The track; what is to be said of its file goes where it disturbs no program that reads. */
function told({ track, notes, faults }: ReadTrack): Track {
  for (const note of [...notes, ...faults]) process.stderr.write(`note: ${note}\n`);
  return track;
}

function inspect(file: string, flags: Flags): Inspection {
  const { track, description, notes, faults, violations } = readTrackAsIs(file, optionsOf(flags));
  const widths = Array.from({ length: track.centre.count }, (_, i) => track.widthAt(i));
  const millimetres = (value: number) => Math.round(value * 1000) / 1000;
  return {
    id: track.id,
    name: track.name,
    lengthM: millimetres(track.lengthM),
    widthM: {
      least: millimetres(Math.min(...widths)),
      mean: millimetres(track.widthM),
      most: millimetres(Math.max(...widths)),
    },
    direction: track.direction,
    points: track.centre.count,
    smallestRadiusM: millimetres(radiusOf(track, description)),
    selfCrossing: selfCrossing(track) ?? null,
    violations,
    notes,
    faults,
  };
}

function radiusOf(track: Track, description: TrackDescription | undefined): number {
  const radii = description?.segments.flatMap((segment) => (segment.kind === 'arc' ? [segment.radiusM] : [])) ?? [];
  return radii.length > 0 ? Math.min(...radii) : smallestRadius(track).radiusM;
}

function print(found: Inspection): void {
  const { least, mean, most } = found.widthM;
  console.log(`${found.name} (${found.id})`);
  console.log(`  length     ${found.lengthM.toFixed(3)} m, ${found.direction}, ${found.points} points`);
  console.log(`  width      ${mean.toFixed(3)} m (${least.toFixed(3)} to ${most.toFixed(3)})`);
  console.log(`  tightest   ${found.smallestRadiusM.toFixed(3)} m radius on the centre line`);
  const { selfCrossing: crossed } = found;
  const where = crossed === null ? 'none' : `at ${crossed.alongM.toFixed(2)} m and ${crossed.otherM.toFixed(2)} m`;
  console.log(`  crossings  ${where}`);
  for (const note of found.notes) console.log(`  note: ${note}`);
  for (const fault of found.faults) console.log(`  cannot be raced on: ${fault}`);
  if (found.violations.length === 0) console.log('  rules      all kept');
  for (const { message } of found.violations) console.log(`  rule broken: ${message}`);
}

function write(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (cause) {
    throw new PitwallError('output-failed', `${file} cannot be written.`, { cause });
  }
}
