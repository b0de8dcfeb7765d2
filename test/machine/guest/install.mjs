import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { bus, check, figure, firstLine, now, pull, pulseOf, until } from './rig.mjs';

const packages = '/opt/pitwall/packages';
const run = (program, ...args) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
const package_ = (name) => `${packages}/${readdirSync(packages).find((file) => file.startsWith(`${name}_`))}`;
const property = (unit, name) => run('systemctl', 'show', '-p', name, '--value', unit);

/** What a running system writes by itself, and what its package manager notes of packages. */
const volatile =
  /^\/(proc|sys|dev|run|tmp|opt\/pitwall|var\/(log|tmp|cache|lib\/(dpkg|apt|systemd|private|ucf))|etc\/(passwd-|shadow-|group-|gshadow-|\.pwd\.lock|machine-id|ld\.so\.cache))(\/|$)/;
/** Modes, owners, links and contents of everything else. */
function picture() {
  const seen = new Map();
  const visit = (folder) => {
    for (const name of readdirSync(folder)) {
      const path = `${folder === '/' ? '' : folder}/${name}`;
      if (volatile.test(path)) continue;
      const found = lstatSync(path);
      const what = found.isSymbolicLink()
        ? readlinkSync(path)
        : found.isFile() && /^\/(etc|boot|media|root|home|var)/.test(path)
          ? createHash('sha256').update(readFileSync(path)).digest('hex')
          : found.isFile()
            ? found.size
            : '';
      seen.set(path, `${found.mode.toString(8)} ${found.uid}:${found.gid} ${what}`);
      if (found.isDirectory()) visit(path);
    }
  };
  visit('/');
  return seen;
}
const differences = (before, after) =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
function same(what, before) {
  const left = differences(before, picture());
  check(what, left.length === 0, `${left.length} files, such as ${left.slice(0, 5).join(' ')}`);
}

const neutralCount = 297;
const fullCount = 269;
writeFileSync(
  '/root/car.yaml',
  JSON.stringify({
    schema: 1,
    name: 'guest',
    description: 'The guest with emulated chips.',
    calibrated: true,
    drivetrain: {
      kind: 'sysfs-pwm',
      chip: `${bus}-0040`,
      steering: { channel: 1, min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 },
      motor: { channel: 0, min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 },
      enable: { gpios: [firstLine + 2], low: true },
    },
    mapping: { kind: 'stock' },
    camera: { kind: 'none' },
    button: { gpio: firstLine + 17, pressed: 0 },
  }),
);
// Where its user may read it.
run('install', '-m', '644', '/root/car.yaml', '/srv/car.yaml');
pull(17, 1);
const fresh = picture();

const copied = now();
run('apt-get', '-q', '-y', '--no-install-recommends', 'install', package_('pitwall-agent'));
figure('apt install of the agent', (now() - copied) / 1000, '-', 's');
let began = now();
run('pitwall-agent', 'install', '--yes', '--profile', '/srv/car.yaml');
figure('pitwall-agent install, until the agent is ready', (now() - began) / 1000, '-', 's');
figure('two commands, from the copied package to a car that is ready', (now() - copied) / 1000, 60, 's');
const table = run('pitwall-agent', 'install', '--profile', '/srv/car.yaml');
check(
  'it names the computer; once installed nothing is missing',
  /^This is Debian GNU\/Linux 13 .* on QEMU/.test(table) && /Everything is in place/.test(table),
  table,
);
check(
  'the service runs',
  property('pitwall-agent', 'ActiveState') === 'active',
  property('pitwall-agent', 'ActiveState'),
);
check('neutral', await until(() => pulseOf(0) === neutralCount), pulseOf(0));

/** MB that the service's processes share fairly. */
const memory = () =>
  readFileSync(`/sys/fs/cgroup/system.slice/pitwall-agent.service/cgroup.procs`, 'utf8')
    .split('\n')
    .filter((pid) => pid !== '')
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0))
    .reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
await wait(5000);
figure('idle agent, all its processes', memory(), 140, 'MB');

// A crew's setting: what it was told is kept by later installations.
writeFileSync(
  '/etc/pitwall/agent.yaml',
  `${readFileSync('/etc/pitwall/agent.yaml', 'utf8')}driving: { scale: 100 }\ncontrols: { gamepad: /dev/input/js0 }\n`,
);
const pad = spawn('python3', ['/opt/pitwall/test/machine/guest/pad.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
let heard = '';
pad.stdout.on('data', (text) => {
  heard += text;
});
await until(() => heard.includes('ready'));
run('systemctl', 'restart', 'pitwall-agent');
const drives = async () => {
  for (let tries = 0; tries < 20; tries += 1) {
    for (const what of ['hold', 'throttle 0', 'clear', 'arm', 'start']) {
      pad.stdin.write(`${what}\n`);
      await wait(300);
    }
    pad.stdin.write('throttle 1\n');
    if (await until(() => pulseOf(0) === fullCount, 1000)) return true;
  }
  return false;
};
check(
  'it drives, as the user that it made, in the groups that it made',
  await drives(),
  spawnSync('journalctl', ['-u', 'pitwall-agent', '-n', '15', '--no-pager'], { encoding: 'utf8' }).stdout,
);

// The power goes in the middle of another installation: whatever was written down last is cut short.
run('pitwall-agent', 'install', '--yes');
const journal = '/var/lib/pitwall-install/journal';
const lines = readFileSync(journal, 'utf8');
writeFileSync(journal, lines.slice(0, lines.lastIndexOf('{"line":"done"') - 40));
began = now();
run('apt-get', '-q', '-y', 'purge', 'pitwall-agent');
figure('apt purge of the agent, which gives the computer back', (now() - began) / 1000, '-', 's');
check('neutral at its end', pulseOf(0) === neutralCount, pulseOf(0));
pad.kill();
same('nothing is left of the agent', fresh);

began = now();
const installed = spawnSync(
  'apt-get',
  ['-q', '-y', '--no-install-recommends', 'install', package_('pitwall-controller')],
  { encoding: 'utf8' },
);
check(
  'apt install of the controller prints the link of the first administrator, and its picture',
  installed.status === 0 && /\/first#\w+/.test(installed.stdout) && /[▀▄█]/.test(installed.stdout),
  `${installed.stdout}${installed.stderr}`.slice(-1500),
);
run('systemctl', 'stop', 'pitwall-controller');
run('rm', '-rf', '/var/lib/pitwall-controller');
began = now();
run('systemctl', 'start', 'pitwall-controller');
const answers = async () => {
  try {
    return (await fetch('http://127.0.0.1:8080/')).ok;
  } catch {
    return false;
  }
};
for (const end = now() + 60_000; !(await answers()) && now() < end; ) await wait(20);
figure('controller’s first start to its page', (now() - began) / 1000, 5, 's');
check('as a user of its own', run('stat', '-c', '%U', '/var/lib/pitwall-controller') === 'pitwall-controller', '');
run('apt-get', '-q', '-y', 'purge', 'pitwall-controller');
same('nothing is left of the controller', fresh);
process.exit(0);
