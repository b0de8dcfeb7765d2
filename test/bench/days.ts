import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Report } from './report.js';

const program = fileURLToPath(new URL('../days/run.js', import.meta.url));

/** How fast race days are simulated, on one processor, with all that goes wrong in them. */
export async function run(report: Report): Promise<void> {
  const flags = ['--seed', '1', '--days', '10', '--minutes', '20', '--no-shrink', '--json'];
  const text = execFileSync(process.execPath, [program, ...flags], { encoding: 'utf8' });
  const { simulated, took, failed } = JSON.parse(text.trim().split('\n').at(-1) as string);
  const speed = simulated / took;
  report({ figure: 'simulated time', value: speed, unit: '× real time', bar: '≥ 500', ok: speed >= 500 });
  report({ figure: 'days on which something did not hold', value: failed, unit: 'of 10', bar: '0', ok: failed === 0 });
}
