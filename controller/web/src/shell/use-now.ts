import { useEffect, useState } from 'react';

/** The page's monotonic clock, ms, told anew every so many ms; it stands where nobody needs it. */
export function useNow(every: number, needed = true): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!needed) return;
    const tell = () => setNow(performance.now());
    tell();
    const timer = window.setInterval(tell, every);
    return () => window.clearInterval(timer);
  }, [every, needed]);
  return now;
}
