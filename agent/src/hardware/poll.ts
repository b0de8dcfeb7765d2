import type { OpenSignal } from '@pitwall/runtime';

/**
 * A device that is asked now and then. The first answer shows that it is there; no answer, that it is not. Gives what ends
 * the asking.
 */
export async function poll(
  signal: OpenSignal,
  everyMs: number,
  ask: () => Promise<void>,
): Promise<() => Promise<void>> {
  await ask();
  signal.there();
  let asking: Promise<void> | undefined;
  const timer = setInterval(() => {
    asking ??= ask()
      .catch((error: unknown) => signal.lost(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        asking = undefined;
      });
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await asking;
  };
}
