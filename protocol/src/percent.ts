/**
 * A share in percent as people read it: cut to so many digits after the point, never rounded up. Who came to 99.97% has not come
 * to 100%.
 */
export function percentText(percent: number, digits = 0): string {
  const scale = 10 ** digits;
  return `${(Math.floor(percent * scale) / scale).toFixed(digits)}%`;
}
