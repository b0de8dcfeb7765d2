import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import { pitwall, type TrackDay } from '../race/track-day.js';

/** `pitwall gate run` with a profile at a track day, until the controller has it online and its sensor well. @returns how to end it */
export async function startGate(
  day: TrackDay,
  id: string,
  profile: string,
  path = process.env.PATH,
): Promise<() => Promise<void>> {
  const flags = ['--id', id, '--profile', profile, '--broker', day.mqtt, '--data', join(day.folder, 'gate')];
  const gate = spawn(process.execPath, [pitwall, 'gate', 'run', ...flags], {
    env: { ...process.env, PATH: path, PITWALL_GATE_BROKER_TOKEN: await day.token('gate', id) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    if (gate.exitCode !== null) return;
    const ended = once(gate, 'exit');
    gate.kill('SIGTERM');
    await ended;
  };
  try {
    await expect
      .poll(async () => await day.get('/api/v1/gates'), { timeout: 30_000 })
      .toMatchObject({ gates: [{ gate: id, status: 'online', sensor: 'ok' }] });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
