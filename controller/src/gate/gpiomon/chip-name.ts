import { execFile } from 'node:child_process';

/** Kernel names that are taken as they are. */
const isName = (chip: string): boolean => /^gpiochip\d+$/.test(chip);

/**
 * The kernel's name of the first chip that is there, of those that are named by it or by label. Version 2 of gpiomon knows no
 * labels (tools-common.c, chip_path_lookup), and a number is another chip on a Raspberry Pi 5 before and after Linux 6.6.45
 * (raspberrypi/linux#6144). `gpiodetect` of both versions prints `gpiochip0 [pinctrl-rp1] (54 lines)`.
 * @returns the name, or why there is none
 */
export async function chipName(
  chips: readonly string[],
): Promise<{ readonly name: string } | { readonly why: string }> {
  const [first] = chips;
  if (chips.length === 1 && first !== undefined && isName(first)) return { name: first };
  const detected = await new Promise<string>((resolve) =>
    execFile('gpiodetect', { timeout: 5000 }, (_, stdout) => resolve(stdout)),
  );
  const found = chipsOf(detected);
  for (const chip of chips) {
    const named = found.filter(({ name, label }) => name === chip || label === chip);
    if (named.length > 1)
      return {
        why: `${named.length} GPIO chips have the label ${chip}: name one of ${named.map(({ name }) => name).join(', ')}`,
      };
    if (named[0] !== undefined) return { name: named[0].name };
  }
  const there =
    found.map(({ name, label }) => `${label} (${name})`).join(', ') || 'none that this user may open (group gpio)';
  return { why: `there is no GPIO chip ${chips.join(' or ')}; there are: ${there}` };
}

/** Name and label of each line of `gpiodetect`. */
export const chipsOf = (detected: string): { readonly name: string; readonly label: string }[] =>
  [...detected.matchAll(/^(gpiochip\d+) \[([^\]]*)\] \(\d+ lines?\)/gm)].map(([, name, label]) => ({
    name: name!,
    label: label!,
  }));
