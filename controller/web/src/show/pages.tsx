import { lazy } from 'react';
import { Route, Switch } from 'wouter';

const ScreenPage = lazy(() => import('./screen-page.js'));
const OverlayPage = lazy(() => import('./overlay-page.js'));
const CommentatorPage = lazy(() => import('./commentator-page.js'));
const CertificatePage = lazy(() => import('./certificate-page.js'));

/** Which page of the show is at which address. */
export default function ShowPages() {
  return (
    <Switch>
      <Route path="/events/:event/screen">{({ event }) => <ScreenPage key={event} event={event} />}</Route>
      <Route path="/events/:event/overlay">{({ event }) => <OverlayPage key={event} event={event} />}</Route>
      <Route path="/events/:event/commentator">{({ event }) => <CommentatorPage key={event} event={event} />}</Route>
      <Route path="/races/:race/certificate/:racer">
        {({ race, racer }) => <CertificatePage key={`${race} ${racer}`} race={race} racer={racer} />}
      </Route>
    </Switch>
  );
}
