import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CarState } from '@pitwall/protocol/messages';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Agent, type AgentSettings, agentCommand } from './agent.js';
import { Terminal } from './terminal.js';
import { TrackClient } from './track-client.js';

const track = new TrackClient();
beforeAll(() => track.start());
afterAll(() => track.stop());
const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
});
function newAgent(settings: Omit<AgentSettings, 'track'>): Agent {
  const agent = new Agent({ track, ...settings });
  agents.push(agent);
  // What was heard of the car before was of another agent.
  track.forget();
  return agent;
}
const isStopped = ({ safety, reason }: CarState) =>
  (safety === 'stopping' || safety === 'stopped') && reason === 'dead-man';
const is = (wanted: string) => (state: CarState) => state.safety === wanted;

/** A simulated car whose frames are stale after 600 ms: a busy machine does not stop it, only what a test does. */
const patient = {
  schema: 1,
  name: 'patient',
  description: 'A simulated car with a slow camera.',
  calibrated: true,
  drivetrain: { kind: 'simulated', degrees: 30, speed: 4 },
  mapping: {
    kind: 'physical',
    steering: [
      [-30, -1],
      [30, 1],
    ],
    speed: [
      [-4, -1],
      [4, 1],
    ],
  },
  camera: { kind: 'simulated', rate: 5 },
};
const profile = `${JSON.stringify(patient)}\n`;

/** Repeats like a held key or a hand that stays, until it is let go. */
function held(act: () => void): () => void {
  act();
  const repeat = setInterval(act, 30);
  return () => clearInterval(repeat);
}

describe('driving by hand', () => {
  it('with the keys of the agent’s terminal: drives while a key is held, stops when it is not, stops at once on space', async () => {
    // Its terminal starts it, not this.
    const agent = newAgent({ profile, model: false, over: { controls: { keyboard: true } } });
    const terminal = new Terminal();
    terminal.start();
    track.mark();
    terminal.type(`${process.execPath} ${agentCommand} run --config ${agent.config}\n`);
    await track.until('telemetry', ({ framesPerSecond }) => framesPerSecond > 0);
    await track.reaches(is('armed'), () => terminal.type('m'));
    await track.reaches(is('driving'), () => terminal.type('\r'));
    const release = held(() => terminal.type('\x1b[A'));
    await track.until('telemetry', ({ pose }) => pose !== null && pose.x > 1.3);
    release();
    await track.reaches(isStopped);
    const again = held(() => terminal.type('\x1b[A'));
    await track.reaches(is('driving'));
    terminal.type(' ');
    again();
    await track.reaches(({ safety, reason }) => safety === 'faulted' && reason === 'e-stop');
    await track.reaches(is('disarmed'), () => terminal.type('c'));
    // Its keys are keys again, each by itself, when it was put aside and fetched back.
    terminal.type('\x1a');
    await vi.waitFor(() => expect(terminal.output).toContain('Stopped'), 10_000);
    terminal.type('fg\n');
    await track.reaches(
      ({ reason }) => reason === 'e-stop',
      () => terminal.type(' '),
    );
    track.mark();
    terminal.type('\x03');
    await track.until('presence', ({ status }) => status === 'offline');
    await terminal.stop();
  });

  it('with a gamepad: drives while its bumper is held, and stops when it is let go', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-pad-'));
    const device = join(folder, 'js0');
    execFileSync('mkfifo', [device]);
    const agent = newAgent({ profile, model: false, over: { controls: { gamepad: device } } });
    track.mark();
    agent.start();
    const pad = openSync(device, 'r+');
    const send = (type: number, number: number, value: number) => {
      const event = Buffer.alloc(8);
      event.writeInt16LE(value, 4);
      event.writeUInt8(type, 6);
      event.writeUInt8(number, 7);
      writeSync(pad, event);
    };
    const press = (button: number) => {
      send(1, button, 1);
      send(1, button, 0);
    };
    await track.until('telemetry', ({ framesPerSecond }) => framesPerSecond > 0);
    await track.reaches(is('armed'), () => press(3));
    // Nothing drives before the stick was seen at rest: the kernel tells where each axis is when it is opened (joydev.c, JS_EVENT_INIT).
    for (const axis of [0, 1, 2, 3, 4, 5]) send(0x82, axis, 0);
    send(2, 4, -10_000);
    send(1, 5, 1);
    await track.reaches(is('driving'), () => press(0));
    await track.until('telemetry', ({ pose }) => pose !== null && pose.x > 1.2);
    send(1, 5, 0);
    await track.reaches(isStopped);
    press(1);
    await track.reaches(({ reason }) => reason === 'e-stop');
    rmSync(folder, { recursive: true });
  });

  it('a pressed emergency button holds the car, whoever clears it', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pitwall-button-'));
    mkdirSync(join(root, 'gpio17'));
    for (const name of ['direction', 'value']) writeFileSync(join(root, 'gpio17', name), '1\n');
    const withButton = { ...patient, name: 'with-button', button: { gpio: 17, pressed: 0, root } };
    const linked = newAgent({ profile: `${JSON.stringify(withButton)}\n`, model: false });
    track.mark();
    linked.start();
    await track.until('telemetry', ({ framesPerSecond }) => framesPerSecond > 0);
    expect(await track.arm(true)).toMatchObject({ outcome: 'done' });
    writeFileSync(join(root, 'gpio17', 'value'), '0\n');
    await track.reaches(is('faulted'));
    track.mark();
    track.give({ type: 'clear' });
    await track.until('state', is('disarmed'));
    await track.reaches(is('faulted'));
    writeFileSync(join(root, 'gpio17', 'value'), '1\n');
    await track.reaches(is('disarmed'), () => track.give({ type: 'clear' }));
    expect(await track.arm(true)).toMatchObject({ outcome: 'done' });
    rmSync(root, { recursive: true });
  });
});

it('a car that carries on without its link is armed only after its own stop was tried', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-pad-'));
  const device = join(folder, 'js0');
  execFileSync('mkfifo', [device]);
  const other = new TrackClient('car-2');
  await other.start();
  const agent = new Agent({ track: other, over: { controls: { gamepad: device } } });
  const carryOn = JSON.parse(agent.readConfig());
  agent.writeConfig({ ...carryOn, link: { ...carryOn.link, lost: 'carry-on', after: 300 } });
  agent.start();
  const pad = openSync(device, 'r+');
  await other.until('telemetry', ({ action }) => action !== null);
  expect(await other.command({ type: 'arm' })).toMatchObject({ code: 'arming-refused' });
  const stop = Buffer.from([0, 0, 0, 0, 1, 0, 1, 1]);
  writeSync(pad, stop);
  await other.until('state', ({ reason }) => reason === 'e-stop');
  expect(await other.command({ type: 'clear' })).toMatchObject({ outcome: 'done' });
  expect(await other.arm()).toMatchObject({ outcome: 'done' });
  expect(await other.command({ type: 'start' })).toMatchObject({ safety: 'driving' });
  await other.stop();
  await agent.says('no link to the track');
  other.mark();
  await other.start();
  expect(await other.until('state')).toMatchObject({ safety: 'driving' });
  await agent.stop();
  await other.stop();
  rmSync(folder, { recursive: true });
});
