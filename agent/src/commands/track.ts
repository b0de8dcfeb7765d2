import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import {
  formatNpy,
  type RuleViolation,
  routeViolations,
  ruleViolations,
  selfCrossing,
  smallestRadius,
  type Track,
  type TrackDescription,
} from '@pitwall/protocol/track';
import type { Command } from 'commander';
import { trackSvg } from '../evaluation/index.js';
import { readTrackAsIs } from '../simulator/index.js';

export function addTrack(program: Command): void {
  const track = program
    .command('track')
    .description('look at tracks: files of ours (.json) and DeepRacer routes (.npy)');
  track
    .command('inspect')
    .description('length, widths, direction, radii, self-crossings and broken building rules')
    .argument('<file>', 'a .json or .npy file, or the name of a track that comes with Pitwall')
    .option('--json', 'print one JSON object')
    .action((file: string, { json }: { json?: true }) => {
      const inspection = inspect(file);
      if (json === true) console.log(JSON.stringify(inspection));
      else print(inspection);
    });
  track
    .command('draw')
    .description('draw a track from above')
    .argument('<file>', 'a .json or .npy file, or the name of a track that comes with Pitwall')
    .requiredOption('--out <file>', 'the .svg file to write')
    .action((file: string, { out }: { out: string }) => {
      write(out, trackSvg(readTrackAsIs(file).track));
      console.log(`drawn to ${out}`);
    });
  track
    .command('convert')
    .description('write a track as a DeepRacer route (.npy)')
    .argument('<file>', 'a .json or .npy file, or the name of a track that comes with Pitwall')
    .requiredOption('--out <file>', 'the .npy file to write')
    .option('--reverse', 'driven the other way round')
    .action((file: string, { out, reverse }: { out: string; reverse?: true }) => {
      if (extname(out) !== '.npy') {
        const why = 'lines cannot be turned back into straights and arcs';
        throw new PitwallError('config-invalid', `Tracks are converted to .npy only (${why}); name the output *.npy.`);
      }
      const { track: read } = readTrackAsIs(file);
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
}

function inspect(file: string): Inspection {
  const { track, description } = readTrackAsIs(file);
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
    violations: description === undefined ? routeViolations(track) : ruleViolations(description),
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
