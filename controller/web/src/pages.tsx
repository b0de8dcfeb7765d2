import type { CarId } from '@pitwall/protocol';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { useServiceRole } from './http/index.js';
import { Note } from './shell/index.js';
import { words } from './words/index.js';

const RacePage = lazy(() => import('./race/race-page.js'));
const BoardsPage = lazy(() => import('./boards/boards-page.js'));
const BoardPage = lazy(() => import('./boards/board-page.js'));
const ResultPage = lazy(() => import('./boards/result-page.js'));
const RacerPage = lazy(() => import('./racers/racer-page.js'));
const StatisticsPage = lazy(() => import('./racers/statistics-page.js'));
const SeasonsPage = lazy(() => import('./seasons/seasons-page.js'));
const ReviewPage = lazy(() => import('./review/review-page.js'));
const SeasonPage = lazy(() => import('./seasons/season-page.js'));
const CarsPage = lazy(() => import('./garage/cars-page.js'));
const CarPage = lazy(() => import('./garage/car-page.js'));
const MarshalHome = lazy(() => import('./marshal/marshal-home.js'));
const MarshalPage = lazy(() => import('./marshal/marshal-page.js'));
const SpeedPage = lazy(() => import('./marshal/speed-page.js'));
const OrganizerHome = lazy(() => import('./organizer/organizer-home.js'));
const NewRacePage = lazy(() => import('./organizer/new-race-page.js'));
const OrganizerPage = lazy(() => import('./organizer/organizer-page.js'));
const ImportPage = lazy(() => import('./organizer/import-page.js'));
const TracksPage = lazy(() => import('./tracks/tracks-page.js'));
const PlanPage = lazy(() => import('./tracks/plan-page.js'));
const SignInPage = lazy(() => import('./accounts/sign-in-page.js'));
const ProviderPage = lazy(() => import('./accounts/provider-page.js'));
const FirstPage = lazy(() => import('./accounts/first-page.js'));
const RecoveryPage = lazy(() => import('./accounts/recovery-page.js'));
const AccountPage = lazy(() => import('./accounts/account-page.js'));
const PeoplePage = lazy(() => import('./accounts/people-page.js'));
const LiveEntryPage = lazy(() => import('./online/live-entry-page.js'));
const Home = lazy(() => import('./events/home.js'));
const ShowPages = lazy(() => import('./show/pages.js'));
const EventPages = lazy(() => import('./events/pages.js'));
const OnlinePages = lazy(() => import('./online/pages.js'));

/** Which page is at which address. */
export function Pages() {
  const role = useServiceRole();
  return (
    <Suspense fallback={<Note title={words.common.oneMoment} />}>
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
    </Suspense>
  );
}
