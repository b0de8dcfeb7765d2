import type { CarId } from '@pitwall/protocol';
import { Route, Switch } from 'wouter';
import { useServiceRole } from './http/index.js';
import { lazyPage, Note } from './shell/index.js';
import { words } from './words/index.js';

const RacePage = lazyPage(() => import('./race/race-page.js'));
const BoardsPage = lazyPage(() => import('./boards/boards-page.js'));
const BoardPage = lazyPage(() => import('./boards/board-page.js'));
const ResultPage = lazyPage(() => import('./boards/result-page.js'));
const RacerPage = lazyPage(() => import('./racers/racer-page.js'));
const StatisticsPage = lazyPage(() => import('./racers/statistics-page.js'));
const SeasonsPage = lazyPage(() => import('./seasons/seasons-page.js'));
const ReviewPage = lazyPage(() => import('./review/review-page.js'));
const SeasonPage = lazyPage(() => import('./seasons/season-page.js'));
const CarsPage = lazyPage(() => import('./garage/cars-page.js'));
const CarPage = lazyPage(() => import('./garage/car-page.js'));
const MarshalHome = lazyPage(() => import('./marshal/marshal-home.js'));
const MarshalPage = lazyPage(() => import('./marshal/marshal-page.js'));
const SpeedPage = lazyPage(() => import('./marshal/speed-page.js'));
const OrganizerHome = lazyPage(() => import('./organizer/organizer-home.js'));
const NewRacePage = lazyPage(() => import('./organizer/new-race-page.js'));
const OrganizerPage = lazyPage(() => import('./organizer/organizer-page.js'));
const ImportPage = lazyPage(() => import('./organizer/import-page.js'));
const TracksPage = lazyPage(() => import('./tracks/tracks-page.js'));
const PlanPage = lazyPage(() => import('./tracks/plan-page.js'));
const SignInPage = lazyPage(() => import('./accounts/sign-in-page.js'));
const ProviderPage = lazyPage(() => import('./accounts/provider-page.js'));
const FirstPage = lazyPage(() => import('./accounts/first-page.js'));
const RecoveryPage = lazyPage(() => import('./accounts/recovery-page.js'));
const AccountPage = lazyPage(() => import('./accounts/account-page.js'));
const PeoplePage = lazyPage(() => import('./accounts/people-page.js'));
const LiveEntryPage = lazyPage(() => import('./online/live-entry-page.js'));
const Home = lazyPage(() => import('./events/home.js'));
const ShowPages = lazyPage(() => import('./show/pages.js'));
const EventPages = lazyPage(() => import('./events/pages.js'));
const OnlinePages = lazyPage(() => import('./online/pages.js'));

/** Which page is at which address. */
export function Pages() {
  const role = useServiceRole();
  return (
    <Switch>
      <Route path="/">
        {role === undefined ? <Note title={words.common.oneMoment} /> : role === 'all' ? <Home /> : <BoardsPage />}
      </Route>
      <Route path="/races/:race/speed">{({ race }) => <SpeedPage race={race} />}</Route>
      <Route path="/races/:race/enter">{({ race }) => <LiveEntryPage key={race} race={race} />}</Route>
      <Route path="/races/:race">{({ race }) => <RacePage race={race} />}</Route>
      <Route path="/boards">
        <BoardsPage />
      </Route>
      <Route path="/boards/:id">{({ id }) => <BoardPage id={id} />}</Route>
      <Route path="/boards/:board/results/:id">{({ board, id }) => <ResultPage board={board} id={id} />}</Route>
      <Route path="/racers/:racer">{({ racer }) => <RacerPage key={racer} racer={racer} />}</Route>
      <Route path="/statistics">
        <StatisticsPage />
      </Route>
      <Route path="/held">
        <ReviewPage />
      </Route>
      <Route path="/held/:board">{({ board }) => <ReviewPage board={board} />}</Route>
      <Route path="/seasons">
        <SeasonsPage />
      </Route>
      <Route path="/seasons/:id">{({ id }) => <SeasonPage id={id} />}</Route>
      <Route path="/cars">
        <CarsPage />
      </Route>
      <Route path="/cars/:car">{({ car }) => <CarPage car={car as CarId} />}</Route>
      <Route path="/marshal">
        <MarshalHome />
      </Route>
      <Route path="/marshal/:race">{({ race }) => <MarshalPage race={race} />}</Route>
      <Route path="/tracks">
        <TracksPage />
      </Route>
      <Route path="/tracks/:track">{({ track }) => <PlanPage key={track} track={track} />}</Route>
      <Route path="/organizer">
        <OrganizerHome />
      </Route>
      <Route path="/organizer/new">
        <NewRacePage />
      </Route>
      <Route path="/organizer/import/:board">{({ board }) => <ImportPage key={board} board={board} />}</Route>
      <Route path="/organizer/races/:race">{({ race }) => <OrganizerPage race={race} />}</Route>
      <Route path="/sign-in">
        <SignInPage />
      </Route>
      <Route path="/sign-in/provider">
        <ProviderPage />
      </Route>
      <Route path="/first">
        <FirstPage />
      </Route>
      <Route path="/recover">
        <RecoveryPage />
      </Route>
      <Route path="/account">
        <AccountPage />
      </Route>
      <Route path="/people">
        <PeoplePage />
      </Route>
      <Route path={/^\/(?:events\/[^/]+\/(?:screen|overlay|commentator)|races\/[^/]+\/certificate\/[^/]+)$/}>
        <ShowPages />
      </Route>
      <Route path={/^\/(?:events|claim)(?:\/|$)/}>
        <EventPages />
      </Route>
      <Route path={/^\/(?:online|invitation)(?:\/|$)/}>
        <OnlinePages />
      </Route>
      <Route>
        <Note title={words.common.thereIsNoSuchPage} />
      </Route>
    </Switch>
  );
}
