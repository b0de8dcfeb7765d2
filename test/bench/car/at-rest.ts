import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from '../../drive/agent.js';
import { processes } from '../../drive/terminal.js';
import { TrackClient } from '../../drive/track-client.js';
import { writeArchive } from '../../hardware/archive.js';
import type { Report } from '../report.js';

const seconds = 10;

/** A disarmed car at its broker, with the standard network loaded: the agent and its actuator process, without the simulated world. */
export async function atRestFigures(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const model = join(folder, 'shallow.tar.gz');
  writeArchive(model, 'shallow');
  const track = new TrackClient();
  await track.start();
  const agent = new Agent({ track, model });
  agent.start();
  try {
    await track.until('telemetry', ({ action }) => action !== null);
    // Whatever the start left behind has time to go.
    await pause(5000);
    const pids = [agent.pid, ...agent.children('actuator')];
    const before = processorMs(pids);
    await pause(seconds * 1000);
    const share = (100 * (processorMs(pids) - before)) / (seconds * 1000);
    const memory = pids.map(megabytes).reduce((a, b) => a + b, 0);
    report({ figure: 'agent at rest, processor', value: share, unit: '% of a core', bar: '≤ 5', ok: share <= 5 });
    report({ figure: 'agent at rest, memory', value: memory, unit: 'MB', bar: '≤ 250', ok: memory <= 250 });
  } finally {
    await agent.stop();
    await track.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const processorMs = (pids: readonly number[]): number =>
  processes().reduce((sum, { pid, processor }) => (pids.includes(pid) ? sum + processor : sum), 0);

/** Proportional set size: what is shared with other processes counts by its share. */
function megabytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
}
