import { Route, Switch } from 'wouter';
import { lazyPage, Note } from '../shell/index.js';
import { words } from '../words/index.js';

const EventsPage = lazyPage(() => import('./events-page.js'));
const EventPage = lazyPage(() => import('./event-page.js'));
const JoinPage = lazyPage(() => import('./join-page.js'));
const ClaimPage = lazyPage(() => import('./claim-page.js'));
const DoorPage = lazyPage(() => import('./door-page.js'));
const EventFormPage = lazyPage(() => import('./event-form-page.js'));

/** Which page of events is at which address. */
export default function EventPages() {
  return (
    <Switch>
      <Route path="/events">
        <EventsPage />
      </Route>
      <Route path="/events/new">
        <EventFormPage />
      </Route>
      <Route path="/events/:event">{({ event }) => <EventPage key={event} event={event} />}</Route>
      <Route path="/events/:event/join">{({ event }) => <JoinPage key={event} event={event} />}</Route>
      <Route path="/events/:event/door">{({ event }) => <DoorPage key={event} event={event} />}</Route>
      <Route path="/claim">
        <ClaimPage />
      </Route>
      <Route path="/events/:event/change">{({ event }) => <EventFormPage key={event} event={event} />}</Route>
      <Route>
        <Note title={words.common.thereIsNoSuchPage} />
      </Route>
    </Switch>
  );
}
