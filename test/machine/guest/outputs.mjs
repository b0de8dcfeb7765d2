import { setTimeout as wait } from 'node:timers/promises';
import { bus, check, figure, gave, now, power, pulseOf, refuse, register, setRegister, until, writes } from './rig.mjs';

const hardware = '/opt/pitwall/agent/dist/hardware';
const { SysfsPwmDrivetrain, SysfsPwmLight, sysfsNeutral, tryPwm } = await import(`${hardware}/sysfs-pwm/index.js`);
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
// Counts of 4.88 µs, as drivers/pwm/pwm-pca9685.c rounds.
const neutralCount = 297;
const fullCount = 269;

const told = [];
const events = {
  onSilent: (what) => told.push({ what, at: now() }),
  onAnswering: () => told.push({ what: 'answers', at: now() }),
};
const heard = (what) => until(() => told.find((one) => what.test(one.what)));
/** The actuator process repeats what it was told every 25 ms. */
let wanted = neutral;
const refresh = setInterval(() => {
  try {
    drivetrain?.write(wanted);
  } catch (error) {
    events.onSilent(error.message);
  }
}, 25);
let drivetrain;
const straight = () => pulseOf(0) === neutralCount && pulseOf(1) === neutralCount;

await tryPwm(profile, 0);
check('the doctor leaves nothing', (register(0) & 0x10) !== 0, register(0));
const car = new SysfsPwmDrivetrain(profile, events, { motor: true });
const began = now();
await car.start();
figure('outputs start on a fresh chip', now() - began, 2000);
drivetrain = car;
check('period', register(0xfe) === 121, register(0xfe));
check('neutral', straight(), `${pulseOf(0)} ${pulseOf(1)}`);

const lights = { lost: (why) => console.log(`light: ${why}`), found: () => {} };
const light = new SysfsPwmLight({ ...profile, red: 2, green: 3, blue: 4, full: 10_000_000 }, lights, 0);
await light.start();
check('a tail light on the same chip', await until(() => light.health.state === 'there'), light.health.message);

const before = writes();
for (let i = 0; i < 40; i++) drivetrain.write(neutral);
// Low and high byte of two outputs.
check('each of 40 refreshes of two outputs is on the bus', writes() - before >= 160, writes() - before);

wanted = full;
check('full throttle', await until(() => pulseOf(0) === fullCount), pulseOf(0));
// A write that the bus lost: the chip keeps the old pulse, and the kernel does not know.
wanted = neutral;
await until(straight);
setRegister(8, fullCount & 0xff);
const lost = now();
setRegister(9, fullCount >> 8);
check('a lost neutral is made good', await until(() => gave(0, neutralCount, lost)), pulseOf(0));
figure('a neutral that the bus lost is made good', gave(0, neutralCount, lost) - lost, 60);

wanted = full;
await until(() => pulseOf(0) === fullCount);
told.length = 0;
refuse(true);
const refused = now();
wanted = neutral;
const silence = await heard(/./);
figure('a chip that does not acknowledge is told', silence.at - refused, 250);
check('as what it is', /answer/.test(silence.what), silence.what);
await wait(500);
check('the chip kept its pulse meanwhile', pulseOf(0) === fullCount, pulseOf(0));
const back = now();
refuse(false);
await until(() => gave(0, neutralCount, back));
figure('neutral after the bus is back', gave(0, neutralCount, back) - back, 60);
check('and it is told that it answers', await heard(/^answers$/), JSON.stringify(told));

wanted = full;
await until(() => pulseOf(0) === fullCount);
told.length = 0;
const sagged = now();
power(false);
power(true);
const loss = await heard(/./);
figure('a chip that lost its power is told', loss.at - sagged, 250);
check('as what it is', /lost its power/.test(loss.what), loss.what);
figure('a chip that lost its power works again', (await heard(/^answers$/)).at - sagged, 5000);
wanted = neutral;
check(
  'neutral after it',
  await until(straight),
  `${pulseOf(0)} ${pulseOf(1)}, registers ${[6, 7, 8, 9, 10, 11, 12, 13].map((at) => register(at))}, told ${JSON.stringify(told)}`,
);
check('period after it', register(0xfe) === 121, register(0xfe));
check('awake after it', (register(0) & 0x10) === 0, register(0));
check('the light came back', await until(() => light.health.state === 'there'), light.health.message);

wanted = full;
await until(() => pulseOf(0) === fullCount);
clearInterval(refresh);
sysfsNeutral(profile);
check('neutral by another hand', pulseOf(0) === neutralCount, pulseOf(0));
await light.stop();
drivetrain.write(full);
await drivetrain.stop();
check('neutral at the end', straight(), `${pulseOf(0)} ${pulseOf(1)}`);
process.exit(0);
