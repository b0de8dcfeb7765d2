import { check, figure, now, register, setRegister } from './rig.mjs';

const { IioImu } = await import('/opt/pitwall/agent/dist/hardware/iio/index.js');
const runtime = await import('/opt/pitwall/protocol/runtime/dist/index.js');
const chip = 0x68;

check('after the driver’s reset and our rules the range is 8 g', register(0x41, chip) === 8, register(0x41, chip));
const imu = new IioImu(
  {
    kind: 'iio',
    name: 'bmi160',
    root: '/sys/bus/iio/devices',
    mounting: { forward: 'y', left: 'x', up: '-z' },
  },
  { now: runtime.now, events: { lost: (why) => console.log(`IMU: ${why}`), found: () => {} } },
);
let felt = 0;
let told;
const started = now();
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
figure('IMU is there', now() - started, '-');
// BMI160 data sheet rev. 1.0: ACC_RANGE (0x41) 0x08 is ±8 g; ACC_X is 0x12 and 0x13, 4096 a g.
check('and stays it', register(0x41, chip) === 8, register(0x41, chip));
setRegister(0x12, 0x00, chip);
const hit = now();
setRegister(0x13, 0x38, chip);
check('3.5 g along one axis is felt', await until(() => felt > 3), felt);
figure('a hit is felt', now() - hit, 60);
await imu.stop();
process.exit(0);
