import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { parseSimtrace, type ReplayReport, readTrackAsIs, replay } from '../simulator/index.js';

export function addSimulate(program: Command): void {
  const simulate = program.command('simulate').description('compare the simulator with the cloud simulator');
  simulate
    .command('replay')
    .description('lay a simtrace log beside our track, rules and physics')
    .argument('<log>', 'a simtrace CSV file')
    .requiredOption('--track <file>', 'the track it was driven on: a .json or .npy file, or the name of one of ours')
    .option('--json', 'print one JSON object')
    .action((log: string, { track, json }: { track: string; json?: true }) => {
      const report = replay(parseSimtrace(read(log), basename(log)), readTrackAsIs(track).track);
      if (json === true) console.log(JSON.stringify(report));
      else print(report);
    });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PitwallError('not-found', `The log ${file} cannot be read.`, { cause });
  }
}

function print(report: ReplayReport): void {
  const { positionErrorM, progressErrorPct, offTracks } = report;
  const m = (value: number) => `${value.toFixed(3)} m`;
  console.log(`${report.rows} rows on ${report.track}`);
  console.log(`  position after 1 s   median ${m(positionErrorM.median)}, 90% ${m(positionErrorM.p90)}`);
  console.log(
    `  progress             median ${progressErrorPct.median.toFixed(3)}, at most ${progressErrorPct.max.toFixed(3)}`,
  );
  console.log(`  all wheels on track  agrees on ${(report.onTrackAgreement * 100).toFixed(2)}% of rows`);
  console.log(`  off track            ${offTracks.logged} logged, ${offTracks.found} found`);
  for (const [i, { loggedMs, computedMs }] of report.laps.entries()) {
    console.log(`  lap ${i + 1}                logged ${loggedMs} ms, computed ${computedMs} ms`);
  }
}
