import { Route, Switch } from 'wouter';
import { lazyPage, Note } from '../shell/index.js';
import { words } from '../words/index.js';
import InvitationPage from './invitation-page.js';
import OnlineListPage from './online-list-page.js';
import OnlineRacePage from './race-page.js';

const SetupPage = lazyPage(() => import('./setup-page.js'));
const SideBySidePage = lazyPage(() => import('../evaluation/side-by-side-page.js'));
const EvaluationPage = lazyPage(() => import('../evaluation/evaluation-page.js'));

/** Which page of online races is at which address. */
export default function OnlinePages() {
  return (
    <Switch>
      <Route path="/online">
        <OnlineListPage />
      </Route>
      <Route path="/online/new">
        <SetupPage />
      </Route>
      <Route path="/online/:race">{({ race }) => <OnlineRacePage key={race} race={race} />}</Route>
      <Route path="/online/:race/together">{({ race }) => <SideBySidePage key={race} race={race} />}</Route>
      <Route path="/online/:race/edit">{({ race }) => <SetupPage key={race} race={race} />}</Route>
      <Route path="/online/:race/submissions/:id">
        {({ race, id }) => <EvaluationPage key={id} race={race} id={id} />}
      </Route>
      <Route path="/invitation">
        <InvitationPage />
      </Route>
      <Route>
        <Note title={words.common.thereIsNoSuchPage} />
      </Route>
    </Switch>
  );
}
