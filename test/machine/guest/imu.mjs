import { execFileSync } from 'node:child_process';

const { IioImu } = await import('/opt/pitwall/agent/dist/hardware/iio/index.js');
const { now } = await import('/opt/pitwall/protocol/runtime/dist/index.js');
const bus = process.argv[2];
const i2c = (program, ...args) =>
  execFileSync(program, ['-f', '-y', bus, '0x68', ...args], { encoding: 'utf8' }).trim();
const check = (what, ok, seen) => console.log(ok ? `ok ${what}` : `FAILED ${what}: ${seen}`);

const imu = new IioImu(
  {
    kind: 'iio',
    name: 'bmi160',
    root: '/sys/bus/iio/devices',
    mounting: { forward: 'y', left: 'x', up: '-z' },
  },
  { now, events: { lost: (why) => console.log(`IMU: ${why}`), found: () => {} } },
);
let felt = 0;
let told;
const started = performance.now();
await imu.start(({ x, y, z }) => {
  felt = Math.hypot(x, y, z);
  told?.();
});
const until = (isSo) =>
  new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), 10_000);
    told = () => {
      if (!isSo()) return;
      clearTimeout(late);
      resolve(true);
    };
  });
await until(() => true);
console.log(`figure IMU is there ${(performance.now() - started).toFixed(1)} ms -`);
// BMI160 data sheet rev. 1.0: ACC_RANGE (0x41) 0x08 is ±8 g; ACC_X is 0x12 and 0x13, 4096 a g.
check('the range is 8 g', Number(i2c('i2cget', '0x41')) === 8, i2c('i2cget', '0x41'));
i2c('i2cset', '0x12', '0x00');
i2c('i2cset', '0x13', '0x38');
check('3.5 g along one axis is felt', await until(() => felt > 3), felt);
await imu.stop();
process.exit(0);
