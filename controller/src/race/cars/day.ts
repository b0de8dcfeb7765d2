import type { EpochMs } from '@pitwall/protocol';

/** The day as people at the track call it. */
export function dayOf(epoch: EpochMs): string {
  const date = new Date(epoch);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
