import { Button, Group } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { RaceId } from '@pitwall/protocol';
import type { RaceState } from '@pitwall/protocol/race';
import { useRace } from '../live/index.js';
import { countryOf, podiumOf, WaitingForRace } from '../race/index.js';
import { Note } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { dateText, lapTime, metricText } from '../times/index.js';
import styles from './certificate.module.css';
import { bestLapOf, runsOf } from './commentary.js';
import { Flag } from './flag.js';
import { RunRecordings } from './run-recordings.js';

/** What a racer takes home: one page, on paper or as PDF by the browser, which has the letters of every language. */
export default function CertificatePage({ race, racer }: { readonly race: string; readonly racer: string }) {
  const id = RaceId.safeParse(race);
  return id.success ? <Known race={id.data} racer={racer} /> : <Note title={words.common.noRaceCanHaveThis} />;
}

function Known({ race, racer }: { readonly race: RaceId; readonly racer: string }) {
  const view = useRace(race);
  if (view === undefined) return <WaitingForRace race={race} />;
  const entry = view.state.entries.find((one) => one.racer === racer);
  if (entry === undefined) return <Note title={words.show.noSuchRacer} />;
  const epoch = view.records.findLast(({ event }) => event.type === 'confirmed' || event.type === 'closed')?.epoch;
  return <Certificate state={view.state} racer={entry.racer} epoch={epoch ?? view.records.at(-1)?.epoch ?? 0} />;
}

interface CertificateProps {
  readonly state: RaceState;
  readonly racer: RaceState['entries'][number]['racer'];
  /** ms since 1970. */
  readonly epoch: number;
}

function Certificate({ state, racer, epoch }: CertificateProps) {
  const alias = state.entries.find((one) => one.racer === racer)?.alias ?? racer;
  const { setup, standings } = state;
  const standing =
    (state.finals?.standings ?? standings).find((one) => one.racer === racer) ??
    standings.find((one) => one.racer === racer);
  const onPodium = podiumOf(state).find((one) => one.alias === alias);
  const place = onPodium?.place ?? standing?.rank ?? null;
  const ranked = standings.filter(({ rank }) => rank !== null).length;
  const best = bestLapOf(state, racer);
  const laps = runsOf(state, racer).reduce((sum, run) => sum + run.laps.filter(({ valid }) => valid).length, 0);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const path = `/api/v1/races/${state.race}`;
  useDocumentTitle(`${alias} · Pitwall`);
  return (
    <>
      <Group mb="md" data-no-print>
        <Button onClick={() => window.print()}>{words.show.printIt}</Button>
        <a href={`${path}/sheet`} download={`${state.race}-results.json`}>
          {words.show.resultSheet}
        </a>
        <a href={`${path}/laps.csv?racer=${encodeURIComponent(racer)}`} download>
          {words.show.lapsAsCsv}
        </a>
      </Group>
      <article className={styles.sheet} data-testid="certificate">
        <div className={styles.kind}>{words.show.certificate}</div>
        <h1 data-long={alias.length > 22 || undefined}>
          {alias} <Flag country={countryOf(state, racer)} />
        </h1>
        <div>{words.show.certifies(setup.name)}</div>
        <p className={styles.place}>{place === null ? words.show.tookPart : words.show.reached(place, ranked)}</p>
        <dl className={styles.facts}>
          {standing?.score == null ? null : (
            <div>
              <dt>{metricText(setup.rules.ranking)}</dt>
              <dd>{lapTime(standing.score)}</dd>
            </div>
          )}
          {best === null || setup.rules.ranking.by === 'best-lap' ? null : (
            <div>
              <dt>{words.show.bestLap}</dt>
              <dd>{lapTime(best.time)}</dd>
            </div>
          )}
          <div>
            <dt>{words.show.laps}</dt>
            <dd>{laps}</dd>
          </div>
        </dl>
        <div className={styles.foot}>
          {dateText(epoch, zone)} · {setup.track.id}
          {state.phase === 'official' ? '' : ` · ${words.show.provisionalNote}`}
        </div>
      </article>
      <RunRecordings race={state.race} racer={racer} />
    </>
  );
}
