import { check, feel, figure, now, power, register, until } from './rig.mjs';

const { IioImu } = await import('/opt/pitwall/agent/dist/hardware/iio/index.js');
const runtime = await import('/opt/pitwall/protocol/runtime/dist/index.js');
const chip = 0x68;
// BMI160 data sheet rev. 1.0: ACC_RANGE (0x41) 0x08 is ±8 g, 0x03 ±2 g.
const range = () => register(0x41, chip);

feel(0, 0, -1);
check('after the driver’s reset and our rules the range is 8 g', range() === 8, range());
const told = [];
const imu = new IioImu(
  {
    kind: 'iio',
    name: 'bmi160',
    root: '/sys/bus/iio/devices',
    mounting: { forward: 'y', left: 'x', up: '-z' },
  },
  {
    now: runtime.now,
    events: { lost: (why) => told.push({ why, at: now() }), found: () => told.push({ why: 'found', at: now() }) },
  },
);
let felt;
const started = now();
await imu.start(({ x, y, z }) => {
  felt = { x, y, z };
});
await until(() => felt, 10_000, 1);
figure('IMU is there', now() - started, '-');
check('a car that stands feels 1 g upwards', Math.abs(felt.z - 1) < 0.01, JSON.stringify(felt));
check('and it stays at 8 g', range() === 8, range());
let hit = now();
feel(0, 3.5, -1);
await until(() => felt.x > 3.4, 10_000, 1);
figure('a hit of 3.5 g is felt', now() - hit, 60);
feel(0, 0, -1);

told.length = 0;
const sagged = now();
power(false);
power(true);
check('after its power was gone the chip is at 2 g', range() === 3, range());
const loss = await until(() => told[0], 10_000, 1);
figure('an IMU that lost its power is told', loss.at - sagged, 400);
console.log(`its words: ${loss.why}`);
await until(() => told.at(-1).why === 'found', 10_000, 1);
figure('an IMU measures again after it', told.at(-1).at - sagged, 5000);
check('at 8 g', range() === 8, range());
hit = now();
feel(0, 3.5, -1);
await until(() => felt.x > 3.4, 10_000, 1);
figure('a hit of 3.5 g is felt after it', now() - hit, 60);
feel(0, 0, -1);
await imu.stop();
process.exit(0);
