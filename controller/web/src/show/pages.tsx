import { Route, Switch } from 'wouter';
import { lazyPage } from '../shell/index.js';

const ScreenPage = lazyPage(() => import('./screen-page.js'));
const OverlayPage = lazyPage(() => import('./overlay-page.js'));
const CommentatorPage = lazyPage(() => import('./commentator-page.js'));
const CertificatePage = lazyPage(() => import('./certificate-page.js'));

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
