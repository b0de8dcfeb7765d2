import type { RacerId } from '@pitwall/protocol';
import type { Heat, RaceState } from '@pitwall/protocol/race';
import { Panel } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import styles from './finals-panel.module.css';
import { roundName, roundsOf } from './rounds.js';

/** The finals once they are drawn: the bracket of a knock-out, or how they stand. */
export function FinalsPanel({ state }: { readonly state: RaceState }) {
  const { finals } = state;
  if (finals === null) return null;
  const named = (racer: RacerId | null): string =>
    state.entries.find((entry) => entry.racer === racer)?.alias ?? racer ?? '';
  return (
    <Panel title="Finals" aside={`${finals.seeds.length} racers`}>
      {finals.heats.length > 0 ? (
        <div className={styles.bracket} data-testid="bracket">
          {roundsOf(finals.heats).map((heats, round) => (
            <section key={roundName(heats.length)} aria-label={roundName(heats.length)}>
              <h3>{roundName(heats.length)}</h3>
              <ol>
                {heats.map((heat) => (
                  <HeatCard key={heat.heat} heat={heat} isFirst={round === 0} named={named} />
                ))}
              </ol>
            </section>
          ))}
        </div>
      ) : (
        <ol className={styles.places}>
          {finals.standings.map(({ racer, alias, rank, score }) => (
            <li key={racer}>
              <span>{rank ?? '–'}</span>
              <span className={styles.name}>{alias}</span>
              <b>{score === null ? '—' : lapTime(score)}</b>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

interface HeatProps {
  readonly heat: Heat;
  readonly isFirst: boolean;
  readonly named: (racer: RacerId | null) => string;
}

function HeatCard({ heat: { racers, winner }, isFirst, named }: HeatProps) {
  // In the first round an empty place stays empty; later it is not decided yet.
  const empty = isFirst ? 'goes through' : 'to come';
  return (
    <li>
      {racers.map((racer, place) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a heat has two places, and each stays where it is
          key={place}
          data-won={racer !== null && racer === winner}
        >
          {racer === null ? <span className={styles.soft}>{empty}</span> : named(racer)}
        </div>
      ))}
    </li>
  );
}
