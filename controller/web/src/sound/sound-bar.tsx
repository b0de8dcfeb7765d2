import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { RaceView } from '../live/index.js';
import { words } from '../words/index.js';

const Callouts = lazy(() => import('./callouts.js'));
const SoundPanel = lazy(() => import('./sound-panel.js'));

/** What happens, for the ears; what is heard is chosen where somebody asks. */
export function SoundBar({ view }: { readonly view: RaceView }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" aria-expanded={open} onClick={() => setOpen(!open)} data-no-print>
        {words.race.sound}
      </Button>
      <Suspense fallback={null}>
        {open ? <SoundPanel /> : null}
        <Callouts view={view} />
      </Suspense>
    </>
  );
}

/** Only what is heard: for pages that nobody presses anything on. */
export const Heard = ({ view }: { readonly view: RaceView }) => (
  <Suspense fallback={null}>
    <Callouts view={view} />
  </Suspense>
);
