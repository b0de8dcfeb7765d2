import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useLink } from '../live/index.js';
import { type HoldParts, HoldToRun } from './hold-to-run.js';

/**
 * A dead-man for as long as the page shows what uses it: it lets go when the page is hidden, left or closed, when its window
 * loses the keyboard, and when the connection is lost.
 */
export function useHoldToRun(parts: Pick<HoldParts, 'renew' | 'letGo' | 'onLost' | 'every'>): HoldToRun {
  const latest = useRef(parts);
  useLayoutEffect(() => {
    latest.current = parts;
  });
  const [hand] = useState(
    () =>
      new HoldToRun({
        renew: () => latest.current.renew(),
        letGo: () => latest.current.letGo(),
        onLost: (error) => latest.current.onLost(error),
        every: parts.every,
        setTimer: (act, ms) => window.setTimeout(act, ms),
        clearTimer: (timer) => window.clearTimeout(timer as number),
      }),
  );
  const { state } = useLink();
  useEffect(() => {
    if (state !== 'live') hand.release();
  }, [hand, state]);
  useLeaving(() => hand.release());
  return hand;
}

/**
 * Calls `leave` when nobody looks at the page any more: hidden, without the keyboard, closed, or another in its place; in the
 * last two cases it is `gone`.
 */
export function useLeaving(leave: (gone: boolean) => void): void {
  const latest = useRef(leave);
  useLayoutEffect(() => {
    latest.current = leave;
  });
  useEffect(() => {
    const left = () => latest.current(false);
    const gone = () => latest.current(true);
    const hidden = () => {
      if (document.visibilityState === 'hidden') left();
    };
    window.addEventListener('blur', left);
    window.addEventListener('pagehide', gone);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      window.removeEventListener('blur', left);
      window.removeEventListener('pagehide', gone);
      document.removeEventListener('visibilitychange', hidden);
      gone();
    };
  }, []);
}
