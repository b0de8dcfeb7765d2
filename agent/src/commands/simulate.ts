import type { Command } from 'commander';
import {
  type PositionError,
  type ReplayReport,
  readSimtrace,
  readTrackAsIs,
  replay,
  wrongTrack,
} from '../simulator/index.js';
import { addLook } from './simulate-look.js';

export function addSimulate(program: Command): void {
  const simulate = program.command('simulate').description('compare the simulator with the cloud simulator');
  simulate
    .command('replay')
    .description('lay a simtrace log beside our track, rules and physics')
    .argument('<log>', 'a simtrace CSV file, gzipped or not')
    .requiredOption('--track <file>', 'the track it was driven on: a .json or .npy file, or the name of one of ours')
    .option('--json', 'print one JSON object')
    .action((log: string, { track, json }: { track: string; json?: true }) => {
      const read = readTrackAsIs(track);
      const { rows, notes } = readSimtrace(log);
      const wrong = wrongTrack(rows, read.track);
      const told = [...read.notes, ...read.faults, ...notes, ...(wrong === undefined ? [] : [wrong])];
      const report = replay(rows, read.track);
      if (json === true) console.log(JSON.stringify({ notes: told, ...report }));
      else {
        for (const note of told) console.log(`note: ${note}`);
        print(report);
      }
    });
  addLook(simulate);
}

function print(report: ReplayReport): void {
  const { positionErrorM, bySpeed, progressErrorPct, offTracks } = report;
  const m = (value: number) => `${value.toFixed(3)} m`;
  const error = ({ median, p90 }: PositionError) => `median ${m(median)}, 90% ${m(p90)}`;
  console.log(`${report.rows} rows on ${report.track}`);
  console.log(`  position after 1 s   ${error(positionErrorM)}`);
  for (const [i, one] of bySpeed.entries()) {
    const next = bySpeed[i + 1];
    const speeds = next === undefined ? `from ${one.fromMps} m/s` : `${one.fromMps} to ${next.fromMps} m/s`;
    console.log(`    ${speeds.padEnd(19)}${error(one)}, ${one.states} states`);
  }
  console.log(`  steering             ${report.steeringS === 0 ? 'at once' : `lags by ${report.steeringS} s`}`);
  console.log(
    `  progress             median ${progressErrorPct.median.toFixed(3)}, at most ${progressErrorPct.max.toFixed(3)}`,
  );
  console.log(`  all wheels on track  agrees on ${(report.onTrackAgreement * 100).toFixed(2)}% of rows`);
  console.log(`  off track            ${offTracks.logged} logged, ${offTracks.found} found`);
  for (const [i, { loggedMs, computedMs }] of report.laps.entries()) {
    console.log(`  lap ${i + 1}                logged ${loggedMs} ms, computed ${computedMs} ms`);
  }
}
