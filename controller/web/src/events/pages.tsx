import { lazy } from 'react';
import { Route, Switch } from 'wouter';
import { Note } from '../shell/index.js';
import { words } from '../words/index.js';

const EventsPage = lazy(() => import('./events-page.js'));
const EventPage = lazy(() => import('./event-page.js'));
const JoinPage = lazy(() => import('./join-page.js'));
const ClaimPage = lazy(() => import('./claim-page.js'));
const DoorPage = lazy(() => import('./door-page.js'));
const EventFormPage = lazy(() => import('./event-form-page.js'));

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
