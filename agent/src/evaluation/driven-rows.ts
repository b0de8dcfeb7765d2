import { type SimtraceRow, stepsPerSecond } from '@pitwall/protocol/simtrace';

export interface DrivenRow extends SimtraceRow {
  /** From one pose to the next; 0 across a reset. */
  readonly drivenMps: number;
}

/** The rows of a simtrace with the speed that the car really had, from its poses. */
export function withSpeeds(rows: readonly SimtraceRow[]): DrivenRow[] {
  return rows.map((row, i) => {
    const before = rows[i - 1];
    const jumps = before === undefined || before.episode !== row.episode || row.status === 'pause';
    const moved = jumps ? 0 : Math.hypot(row.x - before.x, row.y - before.y);
    return { ...row, drivenMps: moved > 0.6 ? 0 : moved * stepsPerSecond };
  });
}
