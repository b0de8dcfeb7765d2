/** malloc.h: M_MMAP_THRESHOLD. */
const mmapThreshold = -3;

let done: Promise<void> | undefined;

/**
 * Has glibc give blocks over 1 MB back to the system the moment they are freed. By default it learns from the first
 * 23 MB of weights that is freed to keep such blocks, and a car that loads one model after another grows by hundreds of
 * megabytes of holes. Without glibc or koffi nothing changes (`MALLOC_MMAP_THRESHOLD_=1048576` in the environment does
 * the same).
 */
export function returnLargeBlocks(): Promise<void> {
  done ??= import('koffi')
    .then(({ default: koffi }) => {
      const mallopt = koffi.load('libc.so.6').func('int mallopt(int parameter, int value)') as (
        parameter: number,
        value: number,
      ) => number;
      mallopt(mmapThreshold, 2 ** 20);
    })
    .catch(() => {});
  return done;
}
