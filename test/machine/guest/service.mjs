import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import {
  bus,
  check,
  figure,
  firstLine,
  forget,
  gave,
  hang,
  lineSet,
  now,
  power,
  pull,
  pulseOf,
  refuse,
  until,
} from './rig.mjs';

const unit = 'pitwall-agent';
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' }).trim();
const property = (name) => run('systemctl', 'show', '-p', name, '--value', unit);
const enableLine = 2;
const button = 17;
const neutralCount = 297;
const fullCount = 269;

mkdirSync('/etc/pitwall', { recursive: true });
const profile = {
  schema: 1,
  name: 'guest',
  description: 'The guest with emulated chips.',
  calibrated: true,
  drivetrain: {
    kind: 'sysfs-pwm',
    chip: `${bus}-0040`,
    steering: { channel: 1, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 },
    motor: { channel: 0, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 },
    enable: { gpios: [firstLine + enableLine], low: true },
  },
  mapping: { kind: 'stock' },
  // Frames of vivid cost the guest more than everything else; the scenario `camera` reads them.
  camera: { kind: 'none' },
  imu: { kind: 'iio', name: 'bmi160' },
  button: { gpio: firstLine + button, pressed: 0 },
  motion: { crash: 'mark', lifted: 'mark', rolled: 'mark' },
};
writeFileSync('/etc/pitwall/car.yaml', JSON.stringify(profile));
const config = {
  car: 'guest',
  profile: '/etc/pitwall/car.yaml',
  driving: { scale: 100 },
  controls: { gamepad: '/dev/input/js0' },
};
writeFileSync('/etc/pitwall/agent.yaml', JSON.stringify(config));
cpSync(`/opt/pitwall/firmware-config/systemd/${unit}.service`, `/etc/systemd/system/${unit}.service`);
// Shorter than a start takes here: it begins when the agent is ready, or the start would fail.
mkdirSync(`/etc/systemd/system/${unit}.service.d`, { recursive: true });
writeFileSync(`/etc/systemd/system/${unit}.service.d/watchdog.conf`, '[Service]\nWatchdogSec=2\n');
run('systemctl', 'daemon-reload');

/** Lines of the agent, with ms of CLOCK_MONOTONIC. */
const said = (pattern, after) =>
  run('journalctl', '-u', unit, '-o', 'json', '--no-pager', '--output-fields=MESSAGE')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map((entry) => ({ at: Number(entry.__MONOTONIC_TIMESTAMP) / 1000, message: String(entry.MESSAGE) }))
    .find(({ at, message }) => at >= after && pattern.test(message));

pull(button, 1);
const pad = spawn('python3', ['/opt/pitwall/test/machine/guest/pad.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
let heard = '';
pad.stdout.on('data', (text) => {
  heard += text;
});
await until(() => heard.includes('ready'));
const press = async (what) => {
  const before = heard.length;
  pad.stdin.write(`${what}\n`);
  const line = await until(() => new RegExp(`^${what} (\\S+)$`, 'm').exec(heard.slice(before)));
  await wait(150);
  return Number(line[1]);
};
const hold = (...what) => {
  for (const one of what) pad.stdin.write(`${one}\n`);
};

const began = now();
run('systemctl', 'start', unit);
figure('from start to ready (Type=notify)', now() - began, '-');
check('its watchdog of 2 s began after that', property('NRestarts') === '0', property('NRestarts'));
const pid = () => Number(property('MainPID'));
const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid()}/status`, 'utf8'))[1];
check('as the user pitwall', uid === run('id', '-u', 'pitwall'), uid);
const actuatorOf = (agent) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))[1];
        return Number(parent) === agent && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('actuator/main.js');
      } catch {
        return false;
      }
    });
check('neutral, and the motor off', await until(() => pulseOf(0) === neutralCount), pulseOf(0));
const script = `/run/pitwall/neutral.sh`;
check('the script for its end is there', await until(() => existsSync(script) && statSync(script).size > 20), '');
check('no e-stop by starting', said(/emergency stop/, began) === undefined, said(/emergency stop/, began)?.message);
const scheduling = () => run('chrt', '-p', actuatorOf(pid())).split('\n')[0];
check('the actuator process alone runs in real time', /SCHED_RR/.test(scheduling()), scheduling());

/** Full throttle by hand, whatever stopped the car before. */
async function drive() {
  for (let tries = 0; tries < 20; tries += 1) {
    hold('hold', 'throttle 0');
    await press('clear');
    await press('arm');
    await press('start');
    hold('throttle 1');
    if (await until(() => pulseOf(0) === fullCount, 1000)) {
      await wait(300);
      forget();
      return;
    }
  }
  console.log(`FAILED to drive: ${run('journalctl', '-u', unit, '--no-pager', '-n', '15')}`);
  process.exit(1);
}
const neutralAfter = (at) => until(() => gave(0, neutralCount, at));
const offAfter = (at) => until(() => lineSet(enableLine, 1, at));

await drive();
check('a gamepad of the kernel drives the car', true);
let at = now();
pull(button, 0);
figure('e-stop button to the motor’s line', (await offAfter(at)) - at, 60);
figure('e-stop button to neutral', (await neutralAfter(at)) - at, 60);
pull(button, 1);

await drive();
at = await press('estop');
figure('e-stop on the gamepad to the motor’s line', (await offAfter(at)) - at, 60);
figure('e-stop on the gamepad to neutral', (await neutralAfter(at)) - at, 60);

await drive();
hold('release');
at = now();
figure('hand off the gamepad to neutral', (await neutralAfter(at)) - at, 350);

await drive();
const actuator = Number(actuatorOf(pid()));
at = now();
process.kill(actuator, 'SIGKILL');
figure('actuator process killed', (await neutralAfter(at)) - at, 60);
figure('actuator process killed: the motor’s line off', (await offAfter(at)) - at, 60);

await drive();
at = now();
process.kill(Number(actuatorOf(pid())), 'SIGSTOP');
figure('actuator process stopped', (await neutralAfter(at)) - at, 400);

await drive();
at = now();
refuse(true);
const off = await offAfter(at);
const told = await until(() => said(/outputs|motor and steering|PWM/i, at), 5000, 200);
figure('bus without acknowledge: told', (told?.at ?? Number.POSITIVE_INFINITY) - at, 250);
figure('bus without acknowledge: the motor’s line off', off - at, 250);
console.log(`its words: ${told?.message}`);
await wait(1000);
at = now();
refuse(false);
figure('bus without acknowledge: neutral after it is back', (await neutralAfter(at)) - at, 60);

await drive();
at = now();
power(false);
power(true);
figure('chip lost its power: the motor’s line off', (await offAfter(at)) - at, 250);
console.log(`its words: ${(await until(() => said(/power/, at), 5000, 50))?.message}`);

await drive();
at = now();
hang(true);
figure('bus hangs: the motor’s line off', (await offAfter(at)) - at, 400);
await wait(3000);
at = now();
hang(false);
figure('bus hangs: neutral after it moves again', (await until(() => gave(0, neutralCount, at), 30_000)) - at, 5000);

await drive();
const agent = pid();
const both = [agent, Number(actuatorOf(agent))];
at = now();
for (const one of both) process.kill(one, 'SIGKILL');
figure('agent and actuator process killed', (await neutralAfter(at)) - at, 100);
figure('agent and actuator process killed: the motor’s line off', (await offAfter(at)) - at, 100);
check(
  'it is started again',
  await until(() => pid() !== agent && property('ActiveState') === 'active', 60_000, 200),
  property('ActiveState'),
);

await drive();
const hanging = pid();
at = now();
process.kill(hanging, 'SIGSTOP');
figure('agent hangs: neutral', (await neutralAfter(at)) - at, 250);
const ended = await until(
  () => (property('Result') === 'watchdog' || pid() !== hanging ? now() : undefined),
  20_000,
  100,
);
figure('agent hangs: the watchdog of 2 s ends it', ended - at, 4000);
check(
  'and it is started again',
  await until(() => pid() !== hanging && property('ActiveState') === 'active', 60_000, 200),
  property('ActiveState'),
);

await drive();
at = now();
run('systemctl', 'stop', unit);
figure('systemctl stop: neutral', gave(0, neutralCount, at) - at, 250);
check('stopped by itself, not killed', property('Result') === 'success', property('Result'));
pad.kill();
process.exit(0);
