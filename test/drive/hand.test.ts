import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, agentCommand } from './agent.js';
import { Terminal } from './terminal.js';
import { TrackSide } from './track-side.js';

const track = new TrackSide();
beforeAll(() => track.start());
afterAll(() => track.stop());
const inState = (safety: string, reason: string | null = null) =>
  track.until('state', (state) => state.safety === safety && (reason === null || state.reason === reason));

/** Repeats like a held key or a hand that stays, until it is let go. */
function held(act: () => void): () => void {
  act();
  const repeat = setInterval(act, 30);
  return () => clearInterval(repeat);
}

describe('driving by hand', () => {
  it('with the keys of the agent’s terminal: drives while a key is held, stops when it is not, stops at once on space', async () => {
    const agent = new Agent({ track, model: false, over: { controls: { keyboard: true } } });
    const terminal = new Terminal();
    terminal.start();
    track.mark();
    terminal.type(`${process.execPath} ${agentCommand} run --config ${agent.config}\n`);
    await track.until('telemetry', ({ framesPerSecond }) => framesPerSecond > 0);
    terminal.type('m');
    await inState('armed');
    terminal.type('\r');
    await inState('driving');
    const release = held(() => terminal.type('\x1b[A'));
    await track.until('telemetry', ({ pose }) => pose !== null && pose.x > 1.3);
    track.mark();
    release();
    await inState('stopping', 'dead-man');
    await inState('stopped', 'dead-man');
    track.mark();
    const again = held(() => terminal.type('\x1b[A'));
    await inState('driving');
    terminal.type(' ');
    await inState('faulted', 'e-stop');
    again();
    track.mark();
    terminal.type('c');
    await inState('disarmed');
    track.mark();
    terminal.type('\x03');
    await track.until('presence', ({ status }) => status === 'offline');
    await terminal.stop();
    await agent.stop();
  });

  it('with a gamepad: drives while its bumper is held, and stops when it is let go', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-pad-'));
    const device = join(folder, 'js0');
    execFileSync('mkfifo', [device]);
    const agent = new Agent({ track, model: false, over: { controls: { gamepad: device } } });
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
    press(3);
    await inState('armed');
    send(2, 4, -10_000);
    send(1, 5, 1);
    press(0);
    await inState('driving');
    await track.until('telemetry', ({ pose }) => pose !== null && pose.x > 1.2);
    send(1, 5, 0);
    await inState('stopping', 'dead-man');
    press(1);
    await inState('faulted', 'e-stop');
    await agent.stop();
    rmSync(folder, { recursive: true });
  });

  it('a pressed emergency button holds the car, whoever clears it', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pitwall-button-'));
    mkdirSync(join(root, 'gpio17'));
    for (const name of ['direction', 'value']) writeFileSync(join(root, 'gpio17', name), '1\n');
    const profile = {
      schema: 1,
      name: 'with-button',
      description: 'A simulated car with an emergency button.',
      calibrated: true,
      drivetrain: { kind: 'simulated', degrees: 30, speed: 4 },
      mapping: { kind: 'stock' },
      camera: { kind: 'simulated', rate: 15 },
      button: { gpio: 17, pressed: 0, root },
    };
    const linked = new Agent({ track, profile: `${JSON.stringify(profile)}\n`, model: false });
    track.mark();
    linked.start();
    await track.until('telemetry', ({ framesPerSecond }) => framesPerSecond > 0);
    expect(await track.command({ type: 'arm', manual: true })).toMatchObject({ outcome: 'done' });
    writeFileSync(join(root, 'gpio17', 'value'), '0\n');
    await inState('faulted', 'e-stop');
    track.mark();
    await track.command({ type: 'clear' });
    await inState('faulted', 'e-stop');
    writeFileSync(join(root, 'gpio17', 'value'), '1\n');
    await track.command({ type: 'clear' });
    expect(await track.command({ type: 'arm', manual: true })).toMatchObject({ outcome: 'done' });
    await linked.stop();
    rmSync(root, { recursive: true });
  });
});

it('a car that carries on without its link is armed only after its own stop was tried', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-pad-'));
  const device = join(folder, 'js0');
  execFileSync('mkfifo', [device]);
  const other = new TrackSide('car-2');
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
