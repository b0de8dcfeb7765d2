import { readFileSync } from 'node:fs';

/** Linux counts in ticks of 10 ms, whatever the kernel's own clock. */
const tickMs = 10;

/**
 * What a process has used of the processor so far, in ms (proc(5): utime and stime): on a busy machine it says more of what
 * a process was given to do than a clock does.
 * @returns undefined where the system does not tell.
 */
export function cpuTime(pid: number): number | undefined {
  try {
    // The program's name, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks * tickMs : undefined;
  } catch {
    return undefined;
  }
}
