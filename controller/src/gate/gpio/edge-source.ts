import { constants, setPriority } from 'node:os';

/** What tells of edges as they come: onoff's interrupts, or a test's pipe. */
export interface EdgeSource {
  /** @throws where the pin cannot be watched. `changed` is called as soon as this process hears of it. */
  watch(pin: number, changed: (level: 0 | 1) => void, failed: (error: Error) => void): void;
}

/** From the watching child to the gate process. */
export type FromChild =
  | { readonly type: 'watching' }
  | { readonly type: 'edge'; readonly sensor: number; readonly level: 0 | 1; readonly at: number }
  | { readonly type: 'failed'; readonly message: string };

/**
 * The child's whole work: stamp first, tell then. It does nothing else, so that no other work delays a stamp. Its pins are
 * its arguments; it ends with its parent.
 */
export function watchPins(source: EdgeSource): void {
  const tell = (message: FromChild) => process.send?.(message);
  process.on('disconnect', () => process.exit(0));
  try {
    // A stamp is as good as this process is quick to wake. Not everyone may ask for it.
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Then it is as quick as any other.
  }
  const failed = (error: Error) => {
    tell({ type: 'failed', message: error.message });
    process.exitCode = 1;
    process.disconnect?.();
  };
  try {
    for (const [sensor, pin] of process.argv.slice(2).map(Number).entries())
      source.watch(
        pin,
        (level) => {
          const at = Number(process.hrtime.bigint() / 1000n);
          tell({ type: 'edge', sensor, level, at });
        },
        failed,
      );
    tell({ type: 'watching' });
  } catch (error) {
    failed(error as Error);
  }
}
