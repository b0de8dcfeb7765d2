import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CarOverview, GateHealth } from '@pitwall/protocol/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Agent } from '../drive/agent.js';
import { SysfsRig } from '../drive/rigs.js';
import { watchedCar } from '../drive/watched-car.js';
import { pitwall, TrackDay } from '../race/track-day.js';
import { Mosquitto, missingForMosquitto } from '../race-faults/mosquitto.js';
import { missingForComputers, otherComputer } from './other-computer.js';

const probe = mkdtempSync(join(tmpdir(), 'pitwall-computers-'));
const missing = missingForComputers(probe);
rmSync(probe, { recursive: true });
if (missing !== undefined) {
  if (process.env.CI === 'true') throw new Error(`two computers on one need ${missing}`);
  console.log(`skipped: two computers with one identity, because ${missing} is missing`);
}

if (missingForMosquitto !== undefined) {
  if (process.env.CI === 'true') throw new Error(`a broker of others needs ${missingForMosquitto}`);
  console.log(`skipped: two computers at a broker of others, because ${missingForMosquitto} is missing`);
}

let day: TrackDay;
let ends: (() => Promise<void> | void)[];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
}, 60_000);

async function until<T>(ask: () => Promise<T | undefined>, fits: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (value !== undefined && fits(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const red = async () =>
  ((await day.get('/api/v1/cars')) as { cars: CarOverview[] }).cars.find(({ car }) => car === 'red');
const start = async () =>
  ((await day.get('/api/v1/gates')) as { gates: GateHealth[] }).gates.find(({ gate }) => gate === 'start');

/** The car red, started by a program that makes it another computer, or by none. */
function agent(password: string, under: readonly string[]): Agent {
  const rig = new SysfsRig();
  const made = new Agent({
    track: { car: 'red', port: Number(new URL(day.mqtt).port), password },
    profile: watchedCar(rig, { camera: { kind: 'none' } }),
    model: false,
    under: () => under,
    over: {
      recorder: { when: 'never' },
      link: { url: day.mqtt, passwordfile: passwordfile(password), after: 20_000 },
    },
  });
  ends.push(async () => {
    await made.stop();
    await rig.stop();
  });
  return made;
}

/** Starts the gate start, likewise, with a folder of its own. */
async function gates() {
  const token = await day.token('gate', 'start');
  const profile = join(day.folder, 'key.yaml');
  writeFileSync(
    profile,
    JSON.stringify({
      schema: 1,
      name: 'key',
      description: 'A foot switch.',
      sensor: 'button',
      adapter: { kind: 'evdev', device: join(day.folder, 'event0'), key: 48 },
      holdoff: 1000,
      repeatability: 100_000,
      source: 'a foot at the line',
    }),
  );
  return (name: string, under: readonly string[]) => {
    const data = ['--data', join(day.folder, name), '--broker', day.mqtt];
    const gate = ['gate', 'run', '--id', 'start', '--profile', profile, ...data];
    const [program = '', ...args] = [...under, process.execPath, pitwall, ...gate];
    const child = spawn(program, args, {
      env: { ...process.env, PITWALL_GATE_BROKER_TOKEN: token },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = { output: '' };
    child.stderr.on('data', (text: Buffer) => {
      said.output += text.toString();
    });
    ends.push(() => end(child));
    return { child, said };
  };
}

describe.skipIf(missing !== undefined)('two computers from one SD card', () => {
  beforeEach(async () => {
    ends = [];
    day = await TrackDay.open();
    ends.push(() => day.close());
  }, 120_000);

  it('two cars: the second is not let in and says why, every command is answered by the first, and the page names both', async () => {
    const password = await day.token('car', 'red');
    const crew = await day.token('crew', 'carla');
    const give = (action: object) => day.post('/api/v1/cars/red/commands', { action }, crew);
    const first = agent(password, []);
    const second = agent(password, otherComputer(day.folder, 'zwei'));
    first.start();
    await first.says('linked to the track');
    const { presence } = await until(red, ({ presence }) => presence?.status === 'online');
    second.start();
    await second.says('no link to the track: another computer, or another agent on this one, is car red already');
    const named = await until(red, ({ rival }) => rival !== null);
    expect(named).toMatchObject({
      presence: { status: 'online', sessionId: presence?.sessionId },
      machine: { host: hostname(), address: expect.stringContaining('127.0.0.1') },
      rival: { host: 'zwei', address: expect.stringContaining('127.0.0.1') },
    });
    // Arming by hand wants outputs that answer: they may take a moment.
    await until(
      async () => await give({ type: 'arm', manual: true }).catch(() => undefined),
      () => true,
    );
    for (let round = 0; round < 4; round += 1) {
      expect(await give({ type: 'start' })).toMatchObject({ safety: 'driving' });
      expect(await give({ type: 'e-stop' })).toMatchObject({ safety: 'faulted' });
      expect(await red()).toMatchObject({ presence: { sessionId: presence?.sessionId } });
      if (round === 3) break;
      expect(await give({ type: 'clear' })).toMatchObject({ safety: 'disarmed' });
      expect(await give({ type: 'arm', manual: true })).toMatchObject({ safety: 'armed' });
    }
    expect(first.output.match(/e-stop \(carla\)/g)).toHaveLength(4);
    expect(second.output).not.toMatch(/carla|linked/);
    expect(second.output.match(/no link to the track/g)).toHaveLength(1);

    // The first is taken away: the second is the car, and is told the stop that nobody has cleared.
    await first.end();
    await second.says('linked to the track');
    await second.says('faulted: emergency stop');
    const replaced = await until(
      red,
      ({ eStop, machine }) => machine?.host === 'zwei' && eStop?.answered === 'stopped',
    );
    expect(replaced).toMatchObject({ rival: null, eStop: { by: 'carla' }, presence: { computer: { host: 'zwei' } } });

    // It crashes, is started again on the same computer, and is let in at once; the stop still holds.
    second.process?.kill('SIGKILL');
    await second.ended();
    second.output = '';
    second.start();
    await second.says('linked to the track');
    await second.says('faulted: emergency stop');
    expect(second.output).not.toContain('no link to the track');
    await expect(give({ type: 'arm', manual: true })).rejects.toThrow(/An emergency stop of .* by carla holds car red/);
    expect(await give({ type: 'clear' })).toMatchObject({ safety: 'disarmed' });
    expect(await red()).toMatchObject({ eStop: null });
  });

  it('two gates: the second is not let in and says why, and is the gate when the first is gone', async () => {
    const run = await gates();
    const first = run('eins', []);
    const { machine } = await until(start, ({ status }) => status === 'online');
    expect(machine).toMatchObject({ host: hostname() });
    const second = run('zwei', otherComputer(day.folder, 'zwei'));
    const named = await until(start, ({ rival }) => rival !== null);
    expect(named).toMatchObject({ status: 'online', machine: { host: hostname() }, rival: { host: 'zwei' } });
    await until(
      async () => second.said.output,
      (output) => output.includes('another computer, or another program on this one, is gate:start already'),
    );
    await end(first.child);
    await until(start, ({ status, machine: now }) => status === 'online' && now?.host === 'zwei');
    expect((await start())?.rival).toBeNull();
    expect(second.said.output.match(/is gate:start already/g)).toHaveLength(1);
    expect(first.said.output).not.toContain('no connection to the broker');
  });
});

/** Two clients with ids of their own are two to it: it lets both in. */
describe.skipIf((missing ?? missingForMosquitto) !== undefined)(
  'the same at a broker that knows nothing of Pitwall',
  () => {
    beforeEach(async () => {
      const broker = new Mosquitto();
      ends = [() => broker.stop()];
      await broker.start();
      day = await TrackDay.open(broker.url);
      ends.push(() => day.close());
    }, 120_000);

    it('two cars: the second leaves and says why, the first answers every command, and the page names both', async () => {
      const crew = await day.token('crew', 'carla');
      const give = (action: object) => day.post('/api/v1/cars/red/commands', { action }, crew);
      const first = agent('none', []);
      const second = agent('none', otherComputer(day.folder, 'zwei'));
      first.start();
      await first.says('linked to the track');
      const { presence } = await until(red, ({ presence }) => presence?.status === 'online');
      await settled();
      second.start();
      await second.says('no link to the track: another computer, or another agent on this one, is car red already');
      const named = await until(red, ({ rival }) => rival !== null);
      expect(named).toMatchObject({ machine: { host: hostname() }, rival: { host: 'zwei' } });
      await until(
        async () => await give({ type: 'arm', manual: true }).catch(() => undefined),
        () => true,
      );
      expect(await give({ type: 'e-stop' })).toMatchObject({ safety: 'faulted' });
      // What the broker keeps of the car is what the first says of itself.
      expect(await red()).toMatchObject({ presence: { status: 'online', sessionId: presence?.sessionId } });
      expect(first.output).not.toContain('no link to the track');
      expect(second.output).not.toMatch(/carla/);

      await first.end();
      await second.says('faulted: emergency stop');
      await until(red, ({ machine, rival }) => machine?.host === 'zwei' && rival === null);
    });

    it('two gates: the second leaves and says why, and is the gate when the first is gone', async () => {
      const run = await gates();
      const first = run('eins', []);
      await until(start, ({ status }) => status === 'online');
      await settled();
      const second = run('zwei', otherComputer(day.folder, 'zwei'));
      await until(
        async () => second.said.output,
        (output) => output.includes('another computer, or another program on this one, is gate:start already'),
      );
      expect(await start()).toMatchObject({ status: 'online', machine: { host: hostname() }, rival: { host: 'zwei' } });
      await end(first.child);
      await until(start, ({ status, machine }) => status === 'online' && machine?.host === 'zwei');
    });
  },
);

/** Whoever came so long ago was there first. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 3000));

function passwordfile(password: string): string {
  const file = join(day.folder, 'red.password');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return file;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
