import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const hardware = '/opt/pitwall/agent/dist/hardware';
const { SysfsPwmDrivetrain, SysfsPwmLight, sysfsNeutral, tryPwm } = await import(`${hardware}/sysfs-pwm/index.js`);
const bus = process.argv[2];
const profile = {
  kind: 'sysfs-pwm',
  chip: `i2c-${bus}`,
  root: '/sys/class/pwm',
  period: 20_000_000,
  steering: { channel: 1, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 },
  motor: { channel: 0, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 },
};
const neutral = { steering: 0, throttle: 0 };
const full = { steering: 0, throttle: 1 };

const i2c = (program, ...args) =>
  execFileSync(program, ['-f', '-y', bus, '0x40', ...args], { encoding: 'utf8' }).trim();
const register = (at) => Number(i2c('i2cget', String(at)));
const set = (at, value) => i2c('i2cset', String(at), String(value));
/** OFF count of a channel (LEDn_OFF_L, LEDn_OFF_H). */
const off = (channel) => register(8 + 4 * channel) + 256 * register(9 + 4 * channel);
const busWrites = () =>
  readFileSync('/sys/kernel/tracing/trace', 'utf8')
    .split('\n')
    .filter((line) => line.includes('smbus_write')).length;
const check = (what, ok, seen) => console.log(ok ? `ok ${what}` : `FAILED ${what}: ${seen}`);
const figure = (name, ms, most) => {
  console.log(`figure ${name} ${ms.toFixed(1)} ms ${most}`);
  if (ms > most) console.log(`FAILED ${name}`);
};

const told = [];
const heard = () => new Promise((resolve) => (told.resolve = resolve));
const tell = (what) => {
  told.push({ what, at: performance.now() });
  told.resolve?.();
};
const events = { onSilent: (why) => tell(why), onAnswering: () => tell('answers') };

await tryPwm(profile, 0);
check('the doctor leaves nothing', register(0) === 0x11 || (register(0) & 0x10) !== 0, register(0));
const drivetrain = new SysfsPwmDrivetrain(profile, events, { motor: true });
const began = performance.now();
await drivetrain.start();
figure('outputs start on a fresh chip', performance.now() - began, 2000);
check('period', register(0xfe) === 121, register(0xfe));
check('neutral', off(0) === 297 && off(1) === 297, `${off(0)} ${off(1)}`);

const light = new SysfsPwmLight(
  { ...profile, red: 2, green: 3, blue: 4, full: 10_000_000 },
  { lost: (why) => console.log(`light: ${why}`), found: () => tell('light') },
  0,
);
await light.start();
await heard();
check('a tail light on the same chip', light.health.state === 'there', light.health.message);

const before = busWrites();
for (let i = 0; i < 40; i++) drivetrain.write(neutral);
check('each of 40 refreshes of two outputs is on the bus', busWrites() - before >= 80, busWrites() - before);

drivetrain.write(full);
check('full throttle', off(0) === 269, off(0));
// A write that the bus lost: the register keeps the old pulse, and the kernel does not know.
drivetrain.write(neutral);
set(8, 269 & 0xff);
set(9, 269 >> 8);
drivetrain.write(neutral);
check('a lost neutral is made good by the next refresh', off(0) === 297, off(0));

drivetrain.write(full);
told.length = 0;
set(0xfe, 0x1e);
set(8, 0);
set(9, 0);
const sagged = performance.now();
set(0, 0x11);
const refresh = setInterval(() => drivetrain.write(full), 25);
await heard();
figure('a chip that lost its power is told', told[0].at - sagged, 250);
check('as what it is', /lost its power/.test(told[0].what), told[0].what);
while (!told.some(({ what }) => what === 'answers')) await heard();
clearInterval(refresh);
figure('and works again', told.find(({ what }) => what === 'answers').at - sagged, 5000);
drivetrain.write(neutral);
check('period after it', register(0xfe) === 121, register(0xfe));
check('awake after it', (register(0) & 0x10) === 0, register(0));
check('neutral after it', off(0) === 297 && off(1) === 297, `${off(0)} ${off(1)}`);
while (light.health.state !== 'there') await wait(50);
check('the light came back', true);

drivetrain.write(full);
sysfsNeutral(profile);
check('neutral by another hand', off(0) === 297, off(0));
await light.stop();
await drivetrain.stop();
check('neutral at the end', off(0) === 297, off(0));
process.exit(0);
