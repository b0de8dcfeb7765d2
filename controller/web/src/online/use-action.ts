import { useState } from 'react';

/** Something that a visitor does: whether it is under way, and why it was refused. */
export function useAction(): {
  busy: boolean;
  error: string | null;
  run: (act: () => Promise<unknown>) => Promise<boolean>;
} {
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
  return {
    ...state,
    run: async (act) => {
      setState({ busy: true, error: null });
      try {
        await act();
        setState({ busy: false, error: null });
        return true;
      } catch (error) {
        setState({ busy: false, error: error instanceof Error ? error.message : String(error) });
        return false;
      }
    },
  };
}
