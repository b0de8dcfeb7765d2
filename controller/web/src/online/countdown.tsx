import { Badge } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { words } from '../online-words/index.js';
import { remaining } from '../times/index.js';
import { type ReceivedRace, serverNow } from './use-online.js';

/** What comes next, and when, by the controller's clock. */
function next(
  { race }: ReceivedRace,
  now: number,
): { phase: 'upcoming' | 'open' | 'closed'; text: string; in: number } {
  const { opensAt, closesAt } = race.setup;
  if (now < opensAt) return { phase: 'upcoming', text: words.online.opensIn, in: opensAt - now };
  if (now < closesAt) return { phase: 'open', text: words.online.openClosesIn, in: closesAt - now };
  return { phase: 'closed', text: words.online.closed, in: 0 };
}

const colours = { upcoming: 'var(--warn)', open: 'var(--go)', closed: 'var(--ink-2)' } as const;

/** Whether a race can be entered, and how long still. It counts by the controller's clock, whatever this computer's says. */
export function Countdown({ heard }: { readonly heard: ReceivedRace }) {
  const queries = useQueryClient();
  const [, tick] = useState(0);
  const now = next(heard, serverNow(heard));
  const { race } = heard.race;
  useEffect(() => {
    const timer = window.setInterval(() => tick((count) => count + 1), 250);
    return () => window.clearInterval(timer);
  }, []);
  const stale = now.phase !== heard.race.phase;
  useEffect(() => {
    // It has just opened or closed: what may be done now is the controller's to say.
    if (stale)
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === 'online' && queryKey.includes(race),
      });
  }, [queries, stale, race]);
  return (
    <Badge
      variant="outline"
      size="lg"
      tt="none"
      c={colours[now.phase]}
      bd={`2px solid ${colours[now.phase]}`}
      role="timer"
    >
      {now.text}
      {now.phase === 'closed' ? null : ` ${remaining(now.in)}`}
    </Badge>
  );
}
