import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Chip {
  readonly label: string;
  readonly base: number;
  readonly lines: number;
}

/**
 * The number that sysfs has for a line of a chip: its base plus the line's offset. Kernels before 6.6 start the Pi's chip at
 * 0, later ones at 512. @returns the number, or why the line cannot be used.
 */
export function sysfsPin(root: string, labels: readonly string[], line: number): number | string {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch {
    return `this kernel has no ${root}: use a profile with gpiomon`;
  }
  const chips = names.filter((name) => name.startsWith('gpiochip')).flatMap((name) => chipAt(join(root, name)));
  if (chips.length === 0) return `there is no GPIO chip in ${root}`;
  const label = labels.find((one) => chips.some((chip) => chip.label === one));
  const wanted = chips.filter((chip) => chip.label === label);
  const [chip] = wanted;
  if (chip === undefined)
    return `there is no GPIO chip with the label ${labels.join(' or ')}; there are: ${chips.map((each) => each.label).join(', ')}`;
  if (wanted.length > 1)
    return `there are ${wanted.length} GPIO chips with the label ${label}: use a profile with gpiomon`;
  if (line >= chip.lines) return `the chip ${label} has the lines 0 to ${chip.lines - 1}; there is no line ${line}`;
  return chip.base + line;
}

/**
 * Gives a line back that sysfs holds as an input: a gate that was killed left it exported, and as long as it is, gpiomon finds it
 * busy. An output is somebody's (a motor's enable line), and stays. @returns whether it was given back
 */
export function giveBack(root: string, pin: number): boolean {
  try {
    if (readFileSync(join(root, `gpio${pin}`, 'direction'), 'utf8').trim() !== 'in') return false;
    writeFileSync(join(root, 'unexport'), String(pin), { flag: 'r+' });
    return true;
  } catch {
    // It is not exported, or this user may not.
    return false;
  }
}

function chipAt(folder: string): Chip[] {
  try {
    const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
    const [base, lines] = [Number(read('base')), Number(read('ngpio'))];
    return Number.isInteger(base) && Number.isInteger(lines) ? [{ label: read('label'), base, lines }] : [];
  } catch {
    return [];
  }
}
