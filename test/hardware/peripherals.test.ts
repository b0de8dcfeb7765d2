import { EventEmitter, once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPeripherals, type Peripherals, type Scan } from '@pitwall/agent/hardware';
import { lidarInput } from '@pitwall/protocol/policy';
import { now } from '@pitwall/runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { carWith } from './car-with.js';
import { KernelTree } from './kernel-tree.js';
import { ScriptedLidar } from './scripted-lidar.js';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The peripherals of a car, and what is told of them. */
function open(part: object): { peripherals: Peripherals; told: string[]; until: (count: number) => Promise<void> } {
  const told: string[] = [];
  const news = new EventEmitter();
  const tell = (what: string) => {
    told.push(what);
    news.emit('news');
  };
  const peripherals = openPeripherals(carWith(part), {
    now,
    events: (device) => ({ lost: tell, found: () => tell(`${device} found`) }),
  });
  const { lidar, battery, light, imu } = peripherals;
  endings.push(() => Promise.all([lidar?.stop(), battery?.stop(), light?.stop(), imu?.stop()]));
  return {
    peripherals,
    told,
    until: async (count) => {
      while (told.length < count) await once(news, 'news');
    },
  };
}
const quickly = { timeout: 10_000, interval: 5 };

const hasSocat = existsSync('/usr/bin/socat');
if (!hasSocat) {
  if (process.env.CI === 'true') throw new Error('the scripted lidar needs socat');
  console.log('skipped: the scripted lidar, because socat is missing');
}
describe.skipIf(!hasSocat)('an RPLIDAR', () => {
  /** Something half a metre to the right, a wall at 3 m in front, nothing behind. */
  const room = (angle: number) => (Math.abs(angle - 90) < 10 ? 0.5 : angle < 80 || angle > 280 ? 3 : 0);

  it('gives what models expect, whichever way it is mounted and although bytes are lost', async () => {
    const device = new ScriptedLidar(room);
    endings.push(() => device.stop());
    await device.start();
    const { peripherals, told } = open({ lidar: { kind: 'rplidar', port: device.port } });
    const scans: Scan[] = [];
    await peripherals.lidar!.start((scan) => scans.push(scan));
    await vi.waitFor(() => expect(scans.length).toBeGreaterThan(6), quickly);
    expect(told).toEqual(['lidar found']);
    expect(device.commands.slice(0, 3)).toEqual(['a525', 'a5f0029402c1', 'a520']);
    for (const { ranges } of scans) {
      expect(ranges.length).toBeGreaterThanOrEqual(358);
      expect(ranges.find(({ angleDeg }) => Math.abs(angleDeg + 90) < 0.01)?.distance).toBeCloseTo(0.5, 3);
      expect(ranges.find(({ angleDeg }) => Math.abs(angleDeg - 175) < 0.01)?.distance).toBe(Number.POSITIVE_INFINITY);
    }
    const config = { values: 8, sectors: 8, minAngleDeg: -150, maxAngleDeg: 150, minDistance: 0.15, maxDistance: 12 };
    const sectors = lidarInput(scans[0]!.ranges, {
      sensor: 'SECTOR_LIDAR',
      config: { ...config, clippingDistance: 1 },
      zero: 'rear',
    });
    // Sectors of 37.5° from the front left over the rear: the right side lies in the last but one.
    expect([...sectors]).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
    await peripherals.lidar!.stop();
    await vi.waitFor(() => expect(device.commands.slice(-2)).toEqual(['a525', 'a5f002000057']), quickly);
    // Head down, with its zero to the left: what it takes for its right lies ahead.
    const turned = open({ lidar: { kind: 'rplidar', port: device.port, forward: 90, upsideDown: true } });
    const [scan] = await new Promise<[Scan]>(
      (resolve) => void turned.peripherals.lidar!.start((one) => resolve([one])),
    );
    expect(scan.ranges.find(({ angleDeg }) => Math.abs(angleDeg) < 0.01)?.distance).toBeCloseTo(0.5, 3);
    expect(scan.ranges.find(({ angleDeg }) => Math.abs(angleDeg + 60) < 0.01)?.distance).toBeCloseTo(3, 3);
  });

  it('is missed when its cable is out or its motor stands, and goes on afterwards', async () => {
    const device = new ScriptedLidar(room);
    endings.push(() => device.stop());
    await device.start();
    const { peripherals, told, until } = open({ lidar: { kind: 'rplidar', port: device.port } });
    await peripherals.lidar!.start(() => {});
    await until(1);
    await device.unplug();
    await until(2);
    // A pseudo-terminal does not always end when its other side does.
    expect(told[1]).toMatch(/is gone; check its cable|says nothing/);
    await device.plug();
    await until(3);
    device.stands = true;
    await until(4);
    expect(told[3]).toMatch(/does it turn/);
    expect(peripherals.lidar!.health).toMatchObject({ state: 'gone', losses: 2 });
    device.stands = false;
    await until(5);
  });
});

describe('a battery', () => {
  it('at an analogue input tells its volts, nobody knows it while it is away, and it is known again', async () => {
    const tree = new KernelTree();
    endings.push(() => tree.remove());
    tree.plugBattery(3700);
    const { peripherals, told, until } = open({
      battery: { kind: 'iio-voltage', name: 'ads1015', factor: 2, every: 0.1, root: tree.iio },
    });
    const battery = peripherals.battery!;
    await battery.start();
    await until(1);
    expect(battery.reading).toMatchObject({ unit: 'volts', value: 7.4 });
    tree.unplug('iio/iio:device1');
    await until(2);
    expect(told[1]).toMatch(/no ads1015/);
    expect(battery.reading).toBeUndefined();
    tree.plugBattery(3500);
    await until(3);
    expect(battery.reading).toMatchObject({ value: 7 });
  });

  it('of a stock car tells its level from 0 to 11 over I²C, at the bus that it is found on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-i2c-'));
    const path = process.env.PATH;
    endings.push(() => {
      process.env.PATH = path;
      rmSync(folder, { recursive: true, force: true });
    });
    const bus = join(folder, 'devices/pci0000:00/0000:00:17.3/i2c-7');
    mkdirSync(bus, { recursive: true });
    mkdirSync(join(folder, 'i2c-dev'));
    symlinkSync(bus, join(folder, 'i2c-dev/i2c-7'));
    const register = join(folder, 'register');
    // As i2cget -y BUS CHIP REGISTER b answers (i2c-tools, i2cget.c).
    const program = `#!/bin/sh\n[ "$*" = "-y 7 63 3 b" ] && exec cat '${register}' 2>/dev/null\nexit 2\n`;
    writeFileSync(join(folder, 'i2cget'), program);
    chmodSync(join(folder, 'i2cget'), 0o755);
    process.env.PATH = `${folder}:${path}`;
    writeFileSync(register, '0xcf\n');
    const { peripherals, told, until } = open({
      battery: { kind: 'i2c-level', bus: '0000:00:17.3', every: 0.1, root: join(folder, 'i2c-dev') },
    });
    const battery = peripherals.battery!;
    await battery.start();
    await until(1);
    expect(battery.reading).toMatchObject({ unit: 'level', value: 7 });
    for (const [value, level] of [
      ['0xff', 11],
      ['0xeb', 10],
      ['0xb4', 1],
      ['0x8c', 0],
    ] as const) {
      writeFileSync(register, `${value}\n`);
      await vi.waitFor(() => expect(battery.reading?.value).toBe(level), quickly);
    }
    rmSync(register);
    await until(2);
    expect(told[1]).toMatch(/does not answer on I²C bus 7/);
    writeFileSync(register, '0x10\n');
    // Below the lowest step there is no battery.
    await vi.waitFor(() => expect(battery.health.message).toMatch(/not connected/), quickly);
    writeFileSync(register, '0xd3\n');
    await until(3);
    expect(battery.reading).toMatchObject({ value: 8 });
  });
});

describe('a tail light', () => {
  it('shows its colour, shows it again after it was away, and is dark at the end', async () => {
    const tree = new KernelTree();
    endings.push(() => tree.remove());
    tree.plugPwm('pwmchip0', [2, 3, 4]);
    const { peripherals, told, until } = open({ light: { kind: 'sysfs-pwm', chip: 'pwmchip0', root: tree.pwm } });
    const light = peripherals.light!;
    const duties = () =>
      [2, 3, 4].map((channel) => Number.parseInt(tree.read(`pwm/pwmchip0/pwm${channel}/duty_cycle`), 10));
    light.show({ red: 1, green: 0.5, blue: 0 });
    await light.start();
    await until(1);
    expect(duties()).toEqual([10_000_000, 5_000_000, 0]);
    expect(tree.read('pwm/pwmchip0/pwm2/period')).toBe('20000000');
    light.show({ red: 0, green: 1, blue: 0 });
    await vi.waitFor(() => expect(duties()).toEqual([0, 10_000_000, 0]), quickly);
    tree.unplug('pwm/pwmchip0');
    await until(2);
    expect(told[1]).toMatch(/cannot be written/);
    light.show({ red: 0, green: 0, blue: 1 });
    tree.plugPwm('pwmchip0', [2, 3, 4]);
    await until(3);
    expect(duties()).toEqual([0, 0, 10_000_000]);
    await light.stop();
    expect(duties()).toEqual([0, 0, 0]);
  });
});
