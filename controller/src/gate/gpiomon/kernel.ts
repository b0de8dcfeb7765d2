/**
 * Whether a kernel stamps the edges of GPIO lines by its monotonic clock. Before 5.7 it was the wall clock (Linux f8850206e160,
 * "gpio: Switch timestamps to ktime_get_ns()"; 26d060e47e25 names the version). One that cannot be told is taken for a newer one.
 * @param release as `uname -r` says it
 */
export function stampsMonotonic(release: string): boolean {
  const [, major, minor] = (/^(\d+)\.(\d+)/.exec(release) ?? []).map(Number);
  if (major === undefined || minor === undefined) return true;
  return major > 5 || (major === 5 && minor >= 7);
}
