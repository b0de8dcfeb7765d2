import { bus, check, feel, figure, gave, now, power, pulseOf, refuse, register, until } from './rig.mjs';

const { Pca9685Drivetrain, pca9685Commands, pca9685Neutral } = await import(
  '/opt/pitwall/agent/dist/hardware/pca9685/index.js'
);
const { readCarProfile } = await import('/opt/pitwall/firmware-config/dist/index.js');
const profile = { ...readCarProfile('donkeycar').drivetrain, bus: String(bus) };
const neutral = { steering: 0, throttle: 0 };
const full = { steering: 0, throttle: 1 };
// donkeycar's own counts at 60 Hz: THROTTLE_STOPPED_PWM, THROTTLE_FORWARD_PWM.
const [neutralCount, fullCount] = [370, 500];

const told = [];
const events = {
  onSilent: (what) => told.push({ what, at: now() }),
  onAnswering: () => told.push({ what: 'answers', at: now() }),
};
const heard = (what) => until(() => told.find((one) => what.test(one.what)));
const car = new Pca9685Drivetrain(profile, events, { motor: true });
const began = now();
await car.start();
figure('a chip through i2c-dev starts', now() - began, 2000);
check('its 60 Hz', register(0xfe) === 101, register(0xfe));
check('donkeycar’s neutral', pulseOf(0) === neutralCount, pulseOf(0));
let wanted = full;
const refresh = setInterval(() => car.write(wanted), 25);
check('donkeycar’s full throttle', await until(() => pulseOf(0) === fullCount), pulseOf(0));

refuse(true);
const refused = now();
const silence = await heard(/answer/);
figure('a chip that does not acknowledge is told', silence.at - refused, 250);
const back = now();
refuse(false);
await until(() => gave(0, neutralCount, back));
figure('neutral after the bus is back', gave(0, neutralCount, back) - back, 60);
await heard(/^answers$/);

await until(() => pulseOf(0) === fullCount);
told.length = 0;
const sagged = now();
power(false);
power(true);
figure('a chip that lost its power is told', (await heard(/lost its power/)).at - sagged, 250);
figure('a chip that lost its power is neutral', (await until(() => gave(0, neutralCount, sagged))) - sagged, 400);
await heard(/^answers$/);

await until(() => pulseOf(0) === fullCount);
clearInterval(refresh);
wanted = neutral;
const dead = now();
pca9685Neutral(profile);
figure('neutral by another hand', gave(0, neutralCount, dead) - dead, 60);
car.write(full);
const { execFileSync } = await import('node:child_process');
const shell = now();
execFileSync('/bin/sh', ['-c', pca9685Commands(profile).join('\n')], {
  env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
});
figure('neutral by the shell', gave(0, neutralCount, shell) - shell, 100);
await car.stop();

const { I2cImu } = await import('/opt/pitwall/agent/dist/hardware/i2c-imu/index.js');
const runtime = await import('/opt/pitwall/protocol/runtime/dist/index.js');
const news = [];
const imu = new I2cImu(
  {
    kind: 'i2c',
    chip: 'bmi160',
    bus: String(bus),
    mounting: { forward: 'y', left: 'x', up: '-z' },
    root: '/sys/class/i2c-dev',
  },
  {
    now: runtime.now,
    events: { lost: (why) => news.push({ why, at: now() }), found: () => news.push({ why: 'found', at: now() }) },
  },
);
let motion;
feel(0, 0, -1);
await imu.start((felt) => {
  motion = felt;
});
check(
  'an IMU without a driver: 1 g upwards',
  await until(() => Math.abs((motion?.z ?? 0) - 1) < 0.01),
  JSON.stringify(news),
);
news.length = 0;
const off = now();
power(false);
power(true);
figure('an IMU that lost its power is told', (await until(() => news[0], 10_000, 1)).at - off, 400);
await until(() => news.at(-1).why === 'found', 10_000, 1);
figure('an IMU measures again after it', news.at(-1).at - off, 5000);
feel(0, 3.5, -1);
check('a hit of 3.5 g is felt after it', await until(() => motion.x > 3.4), JSON.stringify(motion));
await imu.stop();
process.exit(0);
