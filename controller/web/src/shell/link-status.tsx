import { Badge } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLink, useStorageTrouble } from '../live/index.js';
import { words } from '../words/index.js';
import { Banner } from './note.js';

const text = { connecting: words.shell.connecting, live: words.shell.live, lost: words.shell.offline } as const;
const colours = { connecting: 'var(--ink-2)', live: 'var(--go)', lost: 'var(--on-alarm)' } as const;

/** Whether what is shown is what happens. */
export function LinkStatus() {
  const { state } = useLink();
  const isLost = state === 'lost';
  return (
    <Badge
      variant="default"
      size="lg"
      tt="none"
      role="status"
      c={colours[state]}
      bd={0}
      bg={isLost ? 'var(--alarm)' : 'var(--panel-2)'}
      leftSection="●"
    >
      {text[state]}
    </Badge>
  );
}

/** Says loudly that the page shows the past, and for how long. */
export function StaleBanner() {
  const { state, since } = useLink();
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (state !== 'lost') return;
    const timer = window.setInterval(() => setNow(performance.now()), 1000);
    return () => window.clearInterval(timer);
  }, [state]);
  if (state !== 'lost') return null;
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  return <Banner>{words.shell.noConnectionToTheRace(seconds)}</Banner>;
}

/** The controller cannot keep what happens: laps that are shown may wait for the disk. */
export function StorageBanner() {
  const trouble = useStorageTrouble();
  if (trouble === null) return null;
  return <Banner>{words.shell.theControllerCannotWriteTo(trouble)}</Banner>;
}
