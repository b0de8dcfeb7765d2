import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const guard = import.meta.resolve('@pitwall/agent/dist/compose/neutral-guard.js');
let folder: string;
let duty: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-guard-it’s-'));
  const channel = join(folder, 'pwm/pwmchip0/pwm0');
  mkdirSync(channel, { recursive: true });
  duty = join(channel, 'duty_cycle');
  writeFileSync(duty, '2000000\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that keeps a guard, and then does this. */
async function processThat(does: string): Promise<unknown> {
  const pulses = { min: 1_000_000, mid: 1_500_000, max: 2_000_000, polarity: 1 };
  const drivetrain = {
    kind: 'sysfs-pwm',
    chip: 'pwmchip0',
    root: join(folder, 'pwm'),
    period: 20_000_000,
    steering: { ...pulses, channel: 1 },
    motor: { ...pulses, channel: 0 },
  };
  const program = `
    const { NeutralGuard } = await import(${JSON.stringify(guard)});
    const guard = new NeutralGuard();
    await guard.keep(${JSON.stringify(drivetrain)}, true);
    await guard.keep(${JSON.stringify(drivetrain)}, true);
    ${does}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  return (await once(child, 'exit'))[1];
}

it('a process that is killed leaves its outputs neutral, without systemd', async () => {
  expect(await processThat(`process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`)).toBe('SIGKILL');
  await vi.waitFor(() => expect(readFileSync(duty, 'utf8')).toBe('1500000\n'), { timeout: 5000, interval: 5 });
});

it('one that ends by itself lets the guard go, which leaves all as it is', async () => {
  expect(await processThat('await guard.stop(); await guard.stop();')).toBeNull();
  expect(readFileSync(duty, 'utf8')).toBe('2000000\n');
});
