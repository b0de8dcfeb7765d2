import type { LibraryHandle } from 'koffi';

export type Koffi = typeof import('koffi').default;

const names = ['libturbojpeg.so.0', 'libturbojpeg.so', 'libturbojpeg.dylib', 'turbojpeg.dll'];

export interface Turbo {
  readonly library?: LibraryHandle;
  readonly koffi?: Koffi;
  /** Why there is none. */
  readonly reason?: string;
}

/** libjpeg-turbo through koffi, where both are there. @param tried names of the library, in turn */
export async function turboLibrary(tried: readonly string[] = names): Promise<Turbo> {
  try {
    const { default: koffi } = await import('koffi');
    for (const name of tried) {
      try {
        return { library: koffi.load(name), koffi };
      } catch {
        // The next name.
      }
    }
    return { reason: `none of ${tried.join(', ')} is installed (Debian: libturbojpeg0, Ubuntu: libturbojpeg)` };
  } catch (error) {
    return { reason: `koffi cannot be loaded: ${error instanceof Error ? error.message.split('\n')[0] : error}` };
  }
}
