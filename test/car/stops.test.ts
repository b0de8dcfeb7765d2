import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Agent, agentCommand } from '../drive/agent.js';
import { fullThrottleProfile, SysfsRig } from '../drive/rigs.js';
import { Terminal } from '../drive/terminal.js';

let rig: SysfsRig;
let folder: string;
let agent: Agent;

beforeEach(() => {
  rig = new SysfsRig();
  folder = mkdtempSync(join(tmpdir(), 'pitwall-button-'));
  mkdirSync(join(folder, 'gpio17'));
  writeFileSync(join(folder, 'gpio17', 'direction'), 'in\n');
  button(1);
  const profile = { ...JSON.parse(fullThrottleProfile(rig)), button: { gpio: 17, pressed: 0, root: folder } };
  // It is never started here: its configuration is what both commands read.
  agent = new Agent({
    track: { car: 'car-1', port: 1, password: 'x' },
    profile: `${JSON.stringify(profile)}\n`,
    model: false,
    over: { calibration: join(folder, 'calibration.json') },
  });
});
afterEach(async () => {
  await agent.stop();
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

const button = (level: 0 | 1) => writeFileSync(join(folder, 'gpio17', 'value'), `${level}\n`);
// A plain file keeps the tail of a longer number after the line.
const servo = () => Number.parseInt(readFileSync(rig.servo, 'utf8'), 10);
const wheels = { timeout: 30_000, interval: 5 };

it('the car’s button ends a sweep: the wheels go straight, and the doctor says why', async () => {
  const doctor = spawn(process.execPath, [agentCommand, 'doctor', '--sweep', '--json', '--config', agent.config]);
  const said = text(doctor.stdout);
  const ended = once(doctor, 'exit');
  await expect.poll(servo, wheels).toBeGreaterThan(rig.straight);
  button(0);
  await expect.poll(servo, wheels).toBe(rig.straight);
  await ended;
  const sweep = JSON.parse(await said).checks.find(({ check }: { check: string }) => check === 'servo sweep');
  expect(sweep).toMatchObject({ state: 'failed', found: 'ended by the emergency stop' });
  expect(servo()).toBe(rig.straight);
});

it('the car’s button ends a calibration in a terminal: the wheels go straight, and nothing is saved', async () => {
  const terminal = new Terminal();
  terminal.start();
  try {
    terminal.type(`${process.execPath} ${agentCommand} calibrate --config ${agent.config}\n`);
    await expect.poll(() => terminal.output, { timeout: 30_000 }).toContain('all wheels in the air? (yes/no)');
    terminal.type('yes\r');
    await expect.poll(() => terminal.output, { timeout: 30_000 }).toContain('center: ');
    terminal.type('\r');
    await expect.poll(servo, wheels).toBe(1_700_000);
    button(0);
    await expect.poll(servo, wheels).toBe(rig.straight);
    await expect
      .poll(() => terminal.output, { timeout: 30_000 })
      .toContain('The emergency stop ended it; nothing was saved.');
    await expect.poll(() => terminal.find('pitwall-agent.js', 'calibrate'), { timeout: 30_000 }).toBeUndefined();
  } finally {
    await terminal.stop();
  }
});
