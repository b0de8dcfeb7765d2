import { z } from 'zod';

/** Of a program of Pitwall: three numbers, `0.2.0`. */
export const ProgramVersion = z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/, 'must be three numbers, such as 0.2.0');
export type ProgramVersion = z.infer<typeof ProgramVersion>;

/** Below 0 where `a` is the older one. What is no number counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.+-]/).map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] || 0) - (right?.[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
