/**
 * `npm run machine`: boots a guest system in QEMU with the kernel's own drivers, and runs its scenarios in guest time; one guest after
 * the other. Arguments choose kernels and scenarios; without any it is everything.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');
const source = join(repository, 'test/machine');
const cache = process.env.PITWALL_MACHINE_CACHE ?? join(repository, 'node_modules/.cache/pitwall/machine');

/**
 * Scenarios of each kernel: what differs between the two is the drivers of PWM, GPIO and IMU. The IMU's comes first: `outputs` lets both
 * chips lose their power, and nobody sets an IMU's range again while it is there.
 */
const scenariosOf = {
  '6.12': ['imu', 'outputs', 'service', 'camera', 'gates', 'i2c-dev', 'install'],
  '5.10': ['imu', 'outputs', 'gates'],
} as const;
type Kernel = keyof typeof scenariosOf;
const kernels = Object.keys(scenariosOf) as Kernel[];
const names = [...new Set(Object.values(scenariosOf).flat())];

/** Scenarios that leave nothing to those after them: each in a guest of its own. */
const alone: readonly string[] = ['install'];

const chosen = process.argv.slice(2);
const chosenKernels = kernels.filter((kernel) => chosen.includes(kernel));
const chosenNames = names.filter((name) => chosen.includes(name));
if (chosen.length > chosenKernels.length + chosenNames.length) {
  console.error(
    `Usage: npm run machine [-- KERNEL… SCENARIO…]\nKERNEL: ${kernels.join(', ')}\nSCENARIO: ${names.join(', ')}`,
  );
  process.exit(2);
}

const needed = ['qemu-system-x86_64', 'mmdebstrap', 'mke2fs', 'cpio', 'gcc'];
const missing = needed.filter((program) => spawnSync('which', [program]).status !== 0);
if (missing.length > 0 || process.getuid?.() !== 0) {
  const why =
    missing.length > 0 ? `${missing.join(', ')} missing (Debian: qemu-system-x86 mmdebstrap cpio gcc)` : 'not root';
  console.log(`NOT RUN: the guest with real drivers cannot be built here: ${why}.`);
  process.exit(process.env.CI === 'true' ? 0 : 1);
}

function build(...args: string[]): void {
  const done = spawnSync('bash', [join(source, 'build.sh'), cache, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (done.status !== 0) {
    console.error('The guest could not be built (above is why).');
    process.exit(1);
  }
}

/** 1 instruction is 1 ns: deadlines hold on a busy host, and what is measured is guest time. */
async function boot(kernel: Kernel, scenarios: readonly string[], output: string): Promise<void> {
  const append = `console=ttyS0 quiet mitigations=off systemd.show_status=0 systemd.gpt_auto=0 random.trust_cpu=on scenarios=${scenarios.join(',')}`;
  const drive = (file: string, how: string) => ['-drive', `file=${join(cache, file)},if=virtio,format=raw,${how}`];
  const guest = spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', 'q35', '-accel', 'tcg,thread=single,tb-size=512', '-icount', 'shift=0', '-cpu', 'max'],
      ...['-smp', '1', '-m', '1536', '-display', 'none', '-no-reboot', '-nic', 'none', '-device', 'virtio-rng-pci'],
      ...['-kernel', join(cache, kernel, 'vmlinuz'), '-initrd', join(cache, kernel, 'initrd.gz'), '-append', append],
      ...drive(`${kernel}/base.img`, 'snapshot=on'),
      ...drive('app.img', 'readonly=on'),
      ...['-serial', `file:${join(cache, 'console.log')}`, '-serial', `file:${output}`],
    ],
    { stdio: 'inherit' },
  );
  // On a busy host it gets a fraction of a core.
  const late = setTimeout(() => guest.kill('SIGKILL'), 3_600_000);
  await once(guest, 'exit');
  clearTimeout(late);
}

/** Prints what the guest said; whether all of it was right. */
function report(output: string): boolean {
  const lines = (existsSync(output) ? readFileSync(output, 'utf8') : '').split(/\r?\n/);
  for (const line of lines) {
    const [word, ...rest] = line.split(' ');
    if (word === 'figure') {
      const [most, unit, value] = [rest.pop(), rest.pop(), rest.pop()];
      const bar = most === '-' ? '' : `≤ ${most}`;
      console.log(`   ${rest.join(' ').padEnd(62)} ${`${value} ${unit}`.padStart(12)}  ${bar}`);
    } else if (word === 'end') break;
    else if (line !== '') console.log(line);
  }
  const ended = lines.some((line) => line.startsWith('end '));
  if (!ended) console.error(`The guest did not come to its end; its console: ${join(cache, 'console.log')}`);
  return ended && !lines.some((line) => line.startsWith('FAILED'));
}

/** What a scenario installs is built before, by `npm run package`. */
const packages = join(repository, 'packages');
const isBuilt = ['pitwall-agent', 'pitwall-controller'].every(
  (name) =>
    existsSync(packages) &&
    readdirSync(packages).some((file) => file.startsWith(`${name}_`) && file.endsWith('_amd64.deb')),
);
const canRun = (scenario: string): boolean => {
  if (scenario !== 'install' || isBuilt) return true;
  console.log('NOT RUN: install has no packages to install; first: npm run package -- amd64');
  if (chosenNames.includes('install')) process.exit(1);
  return false;
};

const seconds = (from: number) => Math.round((performance.now() - from) / 1000);
build('app', repository);
let good = true;
for (const kernel of chosenKernels.length > 0 ? chosenKernels : kernels) {
  const scenarios = scenariosOf[kernel]
    .filter((name) => chosenNames.length === 0 || chosenNames.includes(name))
    .filter(canRun);
  const together = scenarios.filter((name) => !alone.includes(name));
  const guests = [together, ...scenarios.filter((name) => alone.includes(name)).map((name) => [name])];
  for (const guest of guests.filter((names) => names.length > 0)) {
    let began = performance.now();
    build(kernel);
    const built = seconds(began);
    began = performance.now();
    const output = join(cache, `output-${kernel}.log`);
    rmSync(output, { force: true });
    await boot(kernel, guest, output);
    good = report(output) && good;
    console.log(`Linux ${kernel}: built in ${built} s, run in ${seconds(began)} s. Figures are guest time.`);
  }
}
process.exit(good ? 0 : 1);
