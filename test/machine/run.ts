/** `npm run machine`: boots a guest system in QEMU with the kernel's own drivers, and runs its scenarios in guest time. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');
const source = join(repository, 'test/machine');
const cache = process.env.PITWALL_MACHINE_CACHE ?? join(repository, 'node_modules/.cache/pitwall/machine');
const all = ['outputs', 'gates', 'imu'];
const chosen = process.argv.slice(2);
const scenarios = chosen.length === 0 ? all : chosen;
const unknown = scenarios.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`Usage: npm run machine [-- SCENARIO…]\nSCENARIO is any of: ${all.join(', ')}`);
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
async function boot(output: string): Promise<void> {
  const kernel = `console=ttyS0 quiet mitigations=off systemd.show_status=0 systemd.gpt_auto=0 random.trust_cpu=on scenarios=${scenarios.join(',')}`;
  const drive = (file: string, how: string) => ['-drive', `file=${join(cache, file)},if=virtio,format=raw,${how}`];
  const guest = spawn(
    'qemu-system-x86_64',
    [
      ...[
        '-machine',
        'q35',
        '-accel',
        'tcg,thread=single,tb-size=512',
        '-icount',
        'shift=0',
        '-cpu',
        'max',
        '-smp',
        '1',
        '-m',
        '1536',
      ],
      ...['-display', 'none', '-no-reboot', '-nic', 'none', '-device', 'virtio-rng-pci'],
      ...['-kernel', join(cache, 'vmlinuz'), '-initrd', join(cache, 'initrd.gz'), '-append', kernel],
      ...drive('base.img', 'snapshot=on'),
      ...drive('app.img', 'readonly=on'),
      ...['-serial', `file:${join(cache, 'console.log')}`, '-serial', `file:${output}`],
    ],
    { stdio: 'inherit' },
  );
  const late = setTimeout(() => guest.kill('SIGKILL'), 900_000);
  await once(guest, 'exit');
  clearTimeout(late);
}

const began = performance.now();
build();
build('app', repository);
const built = performance.now();
const output = join(cache, 'output.log');
rmSync(output, { force: true });
await boot(output);
const lines = (existsSync(output) ? readFileSync(output, 'utf8') : '').split(/\r?\n/);
const failed = lines.filter((line) => line.startsWith('FAILED'));
for (const line of lines) {
  const [word, ...rest] = line.split(' ');
  if (word === 'figure') {
    const [most, unit, value] = [rest.pop(), rest.pop(), rest.pop()];
    console.log(`        ${rest.join(' ')}: ${value} ${unit} of guest time${most === '-' ? '' : `  (bar ≤ ${most})`}`);
  } else if (word !== 'end' && line !== '') console.log(line);
}
const seconds = (from: number, to: number) => Math.round((to - from) / 1000);
console.log(`built in ${seconds(began, built)} s, run in ${seconds(built, performance.now())} s`);
if (!lines.some((line) => line.startsWith('end '))) {
  console.error(`The guest did not come to its end; its console: ${join(cache, 'console.log')}`);
  process.exit(1);
}
process.exit(failed.length === 0 ? 0 : 1);
