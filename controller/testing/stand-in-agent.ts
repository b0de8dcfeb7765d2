import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Stands in for `pitwall-agent evaluate`, and lets every model in: takes the same arguments and gives the same kind of answer, but does what the
 * "archive" says.
 */
const script = `
import { readFileSync, mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
const args = process.argv.slice(2);
if (args[0] === 'model') process.exit(0);
const flag = (name) => args[args.indexOf(name) + 1];
const archive = readFileSync(args[1]);
const [what, value] = archive.toString().split(' ');
const out = flag('--out');
// A track by its name, or one that the controller keeps, as a file.
const trackOf = (track) => {
  if (!track.includes('/')) return { id: track, version: 1 };
  const { id, version } = JSON.parse(readFileSync(track, 'utf8'));
  return { id, version };
};
const fail = (line) => { console.error(line); process.exit(1); };
const lap = { lap: 1, trial: 1, time: 9000000, progressPct: 100, resets: 0, offTracks: 0, collisions: 0 };
const give = (laps, extra = {}) => {
  for (const folder of ['replay', 'metrics/evaluation', 'sim-trace/evaluation/20260101000000-1/evaluation-simtrace'])
    mkdirSync(join(out, folder), { recursive: true });
  writeFileSync(join(out, 'replay/1.json'), '{}');
  writeFileSync(join(out, 'metrics/evaluation/evaluation-20260101000000-1.json'), '{}');
  writeFileSync(join(out, 'sim-trace/evaluation/20260101000000-1/evaluation-simtrace/0-iteration.csv'), 'episode');
  writeFileSync(join(out, 'report.html'), JSON.stringify(extra));
  console.log(JSON.stringify({
    model: { hash: createHash('sha256').update(archive).digest('hex'), name: 'model' },
    track: { ...trackOf(flag('--track')), direction: 'counter-clockwise' },
    rules: { hash: 'b'.repeat(64), name: JSON.parse(readFileSync(flag('--rules'), 'utf8')).name },
    simulatorVersion: '1', seed: Number(flag('--seed')),
    checkpoints: [{ checkpoint: '1', meanProgressPct: 100, meanLapTime: null, laps }], chosen: '1',
  }));
};
process.stderr.write(JSON.stringify({ checkpoint: 1, checkpoints: 2, lap: 1, laps: 3 }) + '\\n');
if (what === 'fast') give([lap]);
if (what === 'nowhere') give([{ ...lap, time: null, progressPct: 12, offTracks: 3 }]);
if (what === 'hostile') fail('archive-invalid: ' + args[1] + ' leads out of its folder.');
if (what === 'aborts') process.abort();
if (what === 'babbles') console.log('no evaluation');
if (what === 'hoards') { const all = []; for (;;) all.push(Buffer.alloc(50000000, 1)); }
if (what === 'fills') try { writeFileSync(join(out, '..', 'big'), Buffer.alloc(3000000)); } catch { fail('output-failed: no room'); }
if (what === 'waits') setInterval(() => undefined, 1000);
if (what === 'once') { if (existsSync(value)) give([lap]); else { writeFileSync(value, ''); process.abort(); } }
if (what === 'calls') connect(Number(value), '127.0.0.1').on('connect', () => give([lap], { reached: true }))
  .on('error', () => give([lap], { reached: false }));
if (what === 'looks') give([lap], { env: Object.keys(process.env).sort() });
`;

/** The command that starts it. */
export function standInAgent(): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'pitwall-agent-')), 'agent.mjs');
  writeFileSync(file, script);
  return [process.execPath, file];
}
