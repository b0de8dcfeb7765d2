import { HomePage } from '../race/index.js';
import { lazyPage, Note } from '../shell/index.js';
import { words } from '../words/index.js';
import { useEvents } from './use-events.js';

const EventPage = lazyPage(() => import('./event-page.js'));

/** The event that is on; where there is none, the race. Of several the one that began last. */
export default function Home() {
  const { data, error } = useEvents('on');
  if (data === undefined && error === null) return <Note title={words.common.oneMoment} />;
  const event = data?.[0]?.event;
  return event === undefined ? <HomePage /> : <EventPage event={event} />;
}
