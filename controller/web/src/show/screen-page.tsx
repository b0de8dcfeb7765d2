import { useDocumentTitle } from '@mantine/hooks';
import type { RaceId } from '@pitwall/protocol';
import { EventShow } from '@pitwall/protocol/api';
import { Component, type ReactNode } from 'react';
import { useLink, useRace } from '../live/index.js';
import { Note } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { Heard } from '../sound/index.js';
import { metricText, timeOfDay } from '../times/index.js';
import { SceneView } from './scenes.js';
import styles from './screen.module.css';
import { sceneOf } from './show-race.js';
import { useServerNow, useShow, useShownRace } from './use-show.js';

/** Until the server has said what is shown. */
const byItself = (event: string): EventShow =>
  EventShow.parse({ event, scene: 'auto', race: null, at: null, pictures: [] });

/** For a projector: read from ten metres, with nobody beside it. */
export default function ScreenPage({ event }: { readonly event: string }) {
  const show = useShow(event);
  const { race, name, hallUrl, error } = useShownRace(event, show);
  useDocumentTitle(`${name === '' ? words.show.screen : name} · Pitwall`);
  return (
    <Reloading>
      <div className={styles.screen}>
        {error !== null && name === '' ? (
          <Note title={error.message} />
        ) : race === null ? (
          <Note title={name === '' ? words.common.oneMoment : words.show.noRace} />
        ) : (
          <RaceScreen key={race} race={race} name={name} hallUrl={hallUrl} show={show ?? byItself(event)} />
        )}
      </div>
    </Reloading>
  );
}

interface RaceScreenProps {
  readonly race: RaceId;
  readonly name: string;
  readonly show: EventShow;
  readonly hallUrl: string | null;
}

function RaceScreen({ race, name, show, hallUrl }: RaceScreenProps) {
  const view = useRace(race);
  const now = useServerNow(500);
  if (view === undefined) return <Note title={words.common.oneMoment} />;
  const { state } = view;
  const { setup } = state;
  return (
    <>
      <header className={styles.head}>
        <h1>{setup.name === name ? name : `${name} · ${setup.name}`}</h1>
        <Lost />
        <span>
          {metricText(setup.rules.ranking)} · {timeOfDay(Date.now())}
        </span>
      </header>
      <SceneView scene={sceneOf(show, state, now)} state={state} show={show} now={now} hallUrl={hallUrl} />
      <Heard view={view} />
    </>
  );
}

function Lost() {
  const { state } = useLink();
  return state === 'lost' ? (
    <span className={styles.lost} role="status">
      {words.show.linkLost}
    </span>
  ) : null;
}

/** After so long, ms, a screen that broke loads itself anew: nobody stands beside it. */
const reloadMs = 10_000;

class Reloading extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };
  #timer: number | undefined;

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidCatch(): void {
    this.#timer = window.setTimeout(() => window.location.reload(), reloadMs);
  }

  override componentWillUnmount(): void {
    window.clearTimeout(this.#timer);
  }

  override render() {
    return this.state.broken ? <Note title={words.common.oneMoment} /> : this.props.children;
  }
}
